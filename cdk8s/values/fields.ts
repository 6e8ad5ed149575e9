import { z } from 'zod';

// Fields that several sections share. Patterns are RE2 (no look-around), because Helm checks the schema in Go.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;

/** A DNS label, or empty for "not set". ASCII only, so that Go and JavaScript cut it at the same place. */
export const optionalName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$/)
  .max(63);
export const secretName = z
  .string()
  .regex(new RegExp(`^(${subdomain})?$`))
  .max(253);
export const dnsName = z
  .string()
  .regex(new RegExp(`^${subdomain}$`))
  .max(253);
export const storageClass = secretName;
export const quantity = z.string().regex(/^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/);
const volumeSize = z.string().regex(/^[1-9][0-9]*(k|Ki|M|Mi|G|Gi|T|Ti)?$/);
export const port = z.int().min(1).max(65535);
/** Lines of a configuration file: printable ASCII, words separated by one blank, none of the directives that the bundle sets. */
export const extraConfig = (managed: readonly string[]) => {
  const pattern = `^(${managed.join('|')})( |$)`;
  const line = z
    .string()
    .regex(/^[a-z][!-~]*( [!-~]+)*$/)
    .max(120)
    .refine((text) => !new RegExp(pattern).test(text), 'is a directive that the bundle sets itself')
    .meta({ not: { pattern } });
  return z.array(line).default([]);
};
export const absolutePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9._-]+)*$/)
  .max(1000);

const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/)
  .max(63);
const qualifiedName = z
  .string()
  .regex(new RegExp(`^(${subdomain}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`))
  .max(316);
/** Keys with these prefixes are the bundle's own: selectors hang on them. */
const reservedPrefix = '^(app\\.kubernetes\\.io|helm\\.sh|moorline\\.dev)/';
const labelKey = qualifiedName
  .refine(
    (key) => !new RegExp(reservedPrefix).test(key),
    'the prefixes app.kubernetes.io/, helm.sh/ and moorline.dev/ are set by the bundle itself',
  )
  .meta({ not: { pattern: reservedPrefix } });
/** Labels that a user adds. */
export const labels = z.record(labelKey, labelValue);
/** Labels that a user selects by. */
export const selector = z.record(qualifiedName, labelValue);
export const annotations = z.record(qualifiedName, z.string());

type Json = string | number | boolean | Json[] | { [key: string]: Json };
/** Anything but null: Helm 3 and 4 treat null inside values differently. */
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(json), z.record(z.string(), json)]),
);
/** Part of a Kubernetes object, passed through as it is. */
export const freeObject = z.record(z.string(), json);

/** Host of a registry, and a path below it where it mirrors others. */
export const registry = (host: string) =>
  z
    .string()
    .regex(/^([A-Za-z0-9]([A-Za-z0-9.:/-]*[A-Za-z0-9])?)?$/)
    .default(host);

export const image = (host: string, repository: string, tag: string, tagHelp: string) =>
  z
    .strictObject({
      registry: registry(host).describe('Host of the registry; empty to leave it out.'),
      repository: z
        .string()
        .regex(/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/)
        .default(repository)
        .describe('Image without registry and tag.'),
      tag: z
        .string()
        .regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$/)
        .max(128)
        .default(tag)
        .describe(tagHelp),
      digest: z
        .string()
        .regex(/^(sha256:[0-9a-f]{64})?$/)
        .default('')
        .describe('Pins the image, `sha256:` and 64 digits; the tag is then for readers only.'),
      pullPolicy: z
        .enum(['Always', 'IfNotPresent', 'Never'])
        .default('IfNotPresent')
        .describe('When the kubelet pulls the image.'),
    })
    .prefault({});

const amounts = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  'ephemeral-storage': quantity.optional(),
});
/** A preset by name, or `resources` in full, which then replaces the preset. */
export const resources = (preset: 'small' | 'medium' | 'large') => ({
  resourcesPreset: z
    .enum(['small', 'medium', 'large'])
    .default(preset)
    .describe('Requests and limits by name; see the table "Resource presets". Used while `resources` is empty.'),
  resources: z
    .strictObject({
      requests: amounts.default({}).describe('What the scheduler sets aside.'),
      limits: amounts
        .default({})
        .describe('What the container may use; `memory` is required when anything is set here.'),
    })
    .prefault({}),
});

const retention = z.enum(['Retain', 'Delete']).default('Retain');

export const persistence = (size: string) =>
  z
    .strictObject({
      size: volumeSize.default(size).describe('Size of the volume of each pod.'),
      storageClass: storageClass.default('').describe('Storage class; empty for the default one of the cluster.'),
      whenDeleted: retention.describe('What becomes of the volumes when the release is uninstalled.'),
      whenScaled: retention.describe(
        'What becomes of the volumes of the pods that a lower number of replicas removes.',
      ),
    })
    .prefault({});

/** Environment variables as in a pod; the names that the bundle sets itself are refused. */
export const extraEnv = (reserved: readonly string[]) =>
  z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
          .refine((name) => !reserved.includes(name), 'is set by the bundle itself')
          .meta({ not: { enum: [...reserved] } }),
        value: z.string().optional(),
        valueFrom: freeObject.optional(),
      }),
    )
    .default([])
    .describe('More environment variables: a list of `name` with `value` or `valueFrom`.');

/** Where pods run and what is written on them; the same fields for every component. */
export const scheduling = {
  nodeSelector: selector.default({}).describe('Nodes must have these labels.'),
  tolerations: z.array(freeObject).default([]).describe('Taints that the pods tolerate.'),
  affinity: freeObject
    .default({})
    .describe('Affinity rules, beside the spread over nodes and zones that the bundle sets.'),
  priorityClassName: secretName.default('').describe('Priority class of the pods.'),
  schedulerName: secretName.default('').describe('Scheduler of the pods; empty for the default one.'),
  runtimeClassName: secretName.default('').describe('Runtime class of the pods; empty for the default one.'),
  podLabels: labels.default({}).describe('More labels of the pods.'),
  podAnnotations: annotations
    .default({})
    .describe("More annotations of the pods; `checksum/...` are the bundle's own."),
};
