import { z } from 'zod';
import { secretName } from './fields.js';

export const auth = z
  .strictObject({
    existingSecret: secretName
      .default('')
      .describe(
        'Secret with the keys `redis-password`, `sentinel-password` and `gateway-token`; empty: made once, in the cluster.',
      ),
  })
  .prefault({})
  .describe('Passwords and the token of the gateway.');
