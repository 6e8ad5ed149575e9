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
    acl: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe(
            'Users of Redis of their own for the application, replication and exporters, with the keys `redis-app-password`, `redis-replication-password` and `redis-exporter-password`; else all are the administrator.',
          ),
        inExistingSecret: z
          .boolean()
          .default(false)
          .describe(
            'Whether a Secret of `auth.existingSecret` has these keys too; without them there are no such users.',
          ),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('Passwords and the token of the gateway.');
