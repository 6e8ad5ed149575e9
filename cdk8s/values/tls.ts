import { z } from 'zod';
import { optionalName, secretName } from './fields.js';

export const tls = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Redis, Sentinel and the gateway speak TLS and nothing else; with `mode: external` the gateway alone.'),
    source: z
      .enum(['generated', 'existingSecret', 'certManager'])
      .default('generated')
      .describe(
        'Where the certificates come from: made and renewed in the cluster, from Secrets of yours, or from cert-manager.',
      ),
    existingSecrets: z
      .strictObject({
        redis: secretName
          .default('')
          .describe(
            'Secret with `tls.crt`, `tls.key` and `ca.crt` for Redis and Sentinel; docs/security.md says for which names.',
          ),
        gateway: secretName.default('').describe('The same for the gateway.'),
      })
      .prefault({}),
    certManager: z
      .strictObject({
        issuer: optionalName
          .default('')
          .describe(
            'Name of an issuer of cert-manager that signs names of the cluster and tells its `ca.crt`, such as one of the kind CA.',
          ),
        issuerKind: z.enum(['Issuer', 'ClusterIssuer']).default('Issuer').describe('What it is.'),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('Encryption of what goes over the network.');
