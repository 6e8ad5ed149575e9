import { z } from 'zod';
import { annotations, dnsName, optionalName, secretName } from './fields.js';

/** `*.` stands for one label of the name. */
const hostname = z
  .string()
  .regex(/^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/)
  .max(63);

export const ingress = z
  .strictObject({
    enabled: z.boolean().default(false).describe('An Ingress that leads to the gateway.'),
    className: secretName.default('').describe('Its class; empty for the default one of the cluster.'),
    hosts: z.array(hostname).default([]).describe('Names that it answers to; empty for all.'),
    tlsSecret: secretName.default('').describe('Secret with the certificate for these names; empty for none.'),
    annotations: annotations.default({}).describe('Annotations of the Ingress.'),
  })
  .prefault({});

export const httpRoute = z
  .strictObject({
    enabled: z.boolean().default(false).describe('An HTTPRoute of the Gateway API that leads to the gateway.'),
    parentRefs: z
      .array(
        z.strictObject({
          name: dnsName,
          namespace: optionalName.min(1).optional(),
          sectionName: dnsName.optional(),
        }),
      )
      .default([])
      .describe('The Gateways that it attaches to: `name`, and where needed `namespace` and `sectionName`.'),
    hostnames: z.array(hostname).default([]).describe('Names that it answers to; empty for those of the Gateway.'),
    annotations: annotations.default({}).describe('Annotations of the HTTPRoute.'),
  })
  .prefault({});
