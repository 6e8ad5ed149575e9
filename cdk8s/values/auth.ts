import { z } from 'zod';
import { secretName } from './fields.js';

export const auth = z
  .strictObject({
    existingSecret: secretName
      .default('')
      .describe(
        'Secret with the keys `redis-password`, `sentinel-password` and `gateway-token`; empty: made once, in the cluster.',
      ),
    tokensSecret: secretName
      .default('')
      .describe(
        'Secret whose key `gateway-tokens` lists more tokens, with scopes; it may come and change later. Empty: the Secret of the passwords.',
      ),
  })
  .prefault({})
  .describe('Passwords and the token of the gateway.');
