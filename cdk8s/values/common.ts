import { z } from 'zod';
import { annotations, dnsName, freeObject, image, registry, labels, optionalName, secretName } from './fields.js';

/** What concerns the whole release. */
export const common = {
  global: z
    .looseObject({
      imageRegistry: registry('').describe('Registry of all images, in place of their own; of a parent chart as well.'),
    })
    .prefault({})
    .describe('What a parent chart gives to all its charts.'),
  nameOverride: optionalName.default('').describe('Replaces the chart name in the names of the objects.'),
  fullnameOverride: optionalName.default('').describe('Replaces release and chart name in the names of the objects.'),
  ipFamily: z
    .enum(['', 'IPv4', 'IPv6'])
    .default('')
    .describe(
      'Address family of the Services. Those of Redis and Sentinel have one address each, since it is announced. Empty: the first one of the cluster.',
    ),
  ipFamilyPolicy: z
    .enum(['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'])
    .default('')
    .describe('Whether the Service of the gateway has addresses of both families. Empty: as the cluster decides.'),
  clusterDomain: dnsName.default('cluster.local').describe('DNS domain of the cluster.'),
  commonLabels: labels.default({}).describe('Labels for every object; those that the bundle sets win.'),
  commonAnnotations: annotations.default({}).describe('Annotations for every object.'),
  extraObjects: z
    .array(freeObject)
    .default([])
    .describe('More objects of the release, as they are: no template in them is evaluated.'),
  imagePullSecrets: z
    .array(z.strictObject({ name: secretName.min(1) }))
    .default([])
    .describe('Secrets with which images are pulled.'),
  mode: z
    .enum(['sentinel', 'standalone', 'external'])
    .default('sentinel')
    .describe('sentinel: Redis with failover. standalone: one Redis, no failover. external: a Redis that you run.'),
  image: image('docker.io', 'moorline/moorline', '', 'Empty for the version of the chart.').describe(
    'Image of the gateway and the worker.',
  ),
};
