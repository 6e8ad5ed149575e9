import { z } from 'zod';
import type { ValuesSchema } from '../support/arbitrary-values.js';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/);
const free = z.record(z.string(), z.unknown());
const texts = z.record(z.string(), z.string());

/** Values of every kind that the engine tells apart. */
export const SyntheticValues = z.strictObject({
  nameOverride: z.union([name, z.literal('')]).default(''),
  fullnameOverride: z
    .string()
    .regex(/^[a-z0-9-]{0,70}$/)
    .default(''),
  replicas: z.int().min(0).max(7).default(3),
  divisor: z.int().min(0).max(9).default(2),
  large: z.int().default(1_500_000),
  ratio: z.number().default(0.5),
  text: z.string().default('some text'),
  other: z.string().default(''),
  word: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,12}$/)
    .default('Word-1'),
  mode: z.enum(['Always', 'IfNotPresent', 'Never']).default('Always'),
  answer: z.enum(['yes', 'no', '1']).default('yes'),
  first: z.strictObject({ enabled: z.boolean().default(true), value: z.string().default('') }).prefault({}),
  second: z
    .strictObject({ enabled: z.boolean().default(false), port: z.int().min(1).max(65535).default(9121) })
    .prefault({}),
  budget: z.union([z.int().min(0), z.string().regex(/^\d{1,2}%$/)]).default(1),
  resources: free.default({ requests: { cpu: '50m' } }),
  nodeSelector: texts.default({}),
  labels: texts.default({}),
  moreLabels: texts.default({}),
  tolerations: z.array(free).default([]),
  extraEnv: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  extraConfig: z.array(z.string().regex(/^[!-~]+( [!-~]+)*$/)).default([]),
  features: z.array(z.string()).default(['one']),
  ports: z.array(z.int().min(1).max(65535)).default([6379]),
  users: z
    .array(z.strictObject({ name: z.string(), id: z.int(), enabled: z.boolean(), groups: z.array(name) }))
    .default([]),
  endpoints: z.record(z.string(), z.strictObject({ host: name, port: z.int() })).default({}),
});
export type SyntheticValues = z.output<typeof SyntheticValues>;

export const syntheticDefaults = SyntheticValues.parse({});
/** Helm validates after it merged the defaults in: this is the schema of the output. */
export const syntheticSchema = z.toJSONSchema(SyntheticValues, { target: 'draft-7', io: 'output' }) as ValuesSchema;

/** A few values files that reach what random ones reach late. */
export const fixedCases: readonly unknown[] = [
  {},
  {
    replicas: 0,
    text: '',
    first: { enabled: false },
    second: { enabled: true },
    ports: [],
    features: [],
    nodeSelector: { on: 'yes' },
    labels: { app: 'stolen', tier: '', zone: '0' },
    moreLabels: { app: 'x', tier: 'second', zone: '1' },
  },
  {
    replicas: 5,
    divisor: 3,
    large: 123_456_789,
    text: '{{ .Values }} "%d" <&>\n',
    other: 'other',
    answer: '1',
    mode: 'Never',
    word: '012',
    budget: '25%',
    fullnameOverride: `${'x'.repeat(62)}-tail`,
    first: { enabled: true, value: 'on' },
    second: { enabled: true, port: 80 },
    features: ['two', 'a,b'],
    extraConfig: ['maxmemory 1mb', 'save ""'],
    extraEnv: [{ name: 'A', value: '012' }],
    tolerations: [{ key: 'x', operator: 'Exists' }],
    ports: [80, 1_000_000 % 65_535],
    users: [
      { name: 'on', id: 7_000_000, enabled: true, groups: ['a', 'b'] },
      { name: '%s', id: 1, enabled: false, groups: [] },
    ],
    endpoints: { b: { host: 'h-b', port: 2 }, a: { host: 'h-a', port: 1 } },
  },
  {
    replicas: 1,
    nameOverride: 'on',
    word: '',
    first: { enabled: false, value: 'v' },
    users: [{ name: 'u', id: 2, enabled: false, groups: ['g'] }],
  },
  { nodeSelector: { last: 'a\n\n' }, labels: { app: 'x' }, text: 'e%', features: ['z', 'a'] },
  { divisor: 0 },
];

/** Values files that the schema refuses, each for one reason. */
export const invalidCases: readonly (readonly [reason: string, values: unknown])[] = [
  ['an unknown value', { unknown: 1 }],
  ['an unknown field of a value', { first: { unknown: true } }],
  ['a text for a number', { replicas: '3' }],
  ['a fraction for an integer', { replicas: 1.5 }],
  ['a number below the minimum', { replicas: -1 }],
  ['a number above the maximum', { second: { port: 70_000 } }],
  ['a word that is no choice', { mode: 'Sometimes' }],
  ['a text that breaks the pattern', { word: 'a b' }],
  ['a number for a text', { text: 1 }],
  ['a text for a list', { features: 'one' }],
  ['a number in a map of texts', { labels: { a: 1 } }],
  ['an item without a field', { users: [{ name: 'a', id: 1, enabled: true }] }],
  ['a default that is taken away', { text: null }],
];
