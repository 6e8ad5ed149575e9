import fc from 'fast-check';
import type { JsonSchema } from '../../../cdk8s/template/index.js';

/** A draft-7 schema, as far as zod writes one. */
export interface ValuesSchema extends Omit<
  JsonSchema,
  'properties' | 'items' | 'additionalProperties' | 'propertyNames' | 'not'
> {
  readonly properties?: Readonly<Record<string, ValuesSchema>>;
  readonly items?: ValuesSchema;
  readonly additionalProperties?: ValuesSchema | boolean;
  readonly propertyNames?: ValuesSchema;
  readonly not?: ValuesSchema;
  readonly anyOf?: readonly ValuesSchema[];
  readonly oneOf?: readonly ValuesSchema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * Values files that the schema accepts. What has a default may be left out, since Helm merges the defaults in before
 * it validates; strings without a pattern are those that YAML, Go templates and shells stumble over.
 */
export const arbitraryValues = (schema: ValuesSchema): fc.Arbitrary<unknown> => arbitrary(schema, 'in the defaults');

/** Objects that stand in the chart's defaults are there whole without the user; items of lists are not. */
type Place = 'in the defaults' | 'in a list';

function arbitrary(schema: ValuesSchema, place: Place): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => arbitrary(each, place)));
  switch (schema.type) {
    case 'string':
      return strings(schema);
    case 'integer':
      return integers(schema);
    case 'number':
      return fc
        .double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true })
        .map((x) => (x === 0 ? 0 : x));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return lists(schema);
    case 'object':
      return objects(schema, place);
    default:
      return anything;
  }
}

const awkward = [
  ...[
    '',
    ' ',
    'yes',
    'no',
    'on',
    'y',
    'null',
    '~',
    '1',
    '-1',
    '012',
    '0x1F',
    '0o17',
    '1e3',
    '.5',
    '1_000',
    'true',
    'True',
  ],
  ...[
    '- a',
    'a: b',
    'a:',
    '#c',
    'a #b',
    "it's",
    'say "hi"',
    'back\\slash',
    '\\n',
    '{{ .Values }}',
    '{{',
    '}}',
    '{{- /*',
    '{{`',
  ],
  ...[
    'a\nb',
    'a\n',
    '\n',
    'a\n\n',
    ' lead',
    'trail ',
    '\ttab',
    'é',
    '日本',
    '😀',
    '%d',
    '%',
    '100%',
    '%!s',
    '$x',
    '$(X)',
    '`',
    '<&>',
  ],
  ...[
    '\u2028',
    '\u0007',
    '=',
    '2001-01-01',
    '190:20:30',
    '|',
    '>',
    '&a',
    '*a',
    '!t',
    '@',
    '-',
    '---',
    '...',
    '?',
    ',',
    '[',
    '{',
  ],
];
const text = fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'grapheme', maxLength: 12 }));

function strings({ pattern, minLength = 0, maxLength = Infinity }: ValuesSchema): fc.Arbitrary<string> {
  const all = pattern === undefined ? text : fc.stringMatching(new RegExp(pattern, 'u'));
  const fits = all.filter((string) => characters(string) >= minLength && characters(string) <= maxLength);
  return pattern === undefined ? fits : fits.filter((string) => new RegExp(pattern, 'u').test(string));
}

/** Length as JSON schema counts it: in code points. */
const characters = (string: string): number => Array.from(string).length;

/** Large numbers too, which Go would print with an exponent. */
function integers({ minimum = -1e9, maximum = 1e9 }: ValuesSchema): fc.Arbitrary<number> {
  return fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9) });
}

function lists({ items = {}, minItems = 0, maxItems = 3 }: ValuesSchema): fc.Arbitrary<unknown[]> {
  return fc.array(arbitrary(items, 'in a list'), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, 3)),
  });
}

function objects(schema: ValuesSchema, place: Place): fc.Arbitrary<Record<string, unknown>> {
  const { properties, additionalProperties, propertyNames } = schema;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, field]) => [name, arbitrary(field, place)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: requiredOf(schema, place) });
  }
  const allowed = propertyNames?.pattern === undefined ? keys : strings(propertyNames);
  const refused = propertyNames?.not?.pattern;
  const key = refused === undefined ? allowed : allowed.filter((name) => !new RegExp(refused, 'u').test(name));
  const value = typeof additionalProperties === 'object' ? arbitrary(additionalProperties, 'in a list') : anything;
  return fc.dictionary(key, value, { maxKeys: 3 });
}

const requiredOf = ({ required = [], properties = {} }: ValuesSchema, place: Place): string[] =>
  required.filter(
    (name) =>
      properties[name]?.default === undefined && (place === 'in a list' || properties[name]?.properties === undefined),
  );

const keys = fc.oneof(
  fc.constantFrom('yes', 'on', 'null', '1', '10', '9', '012', '1e3', 'true', 'a.b/c', 'x-y', 'a b', '~', 'é'),
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,5}$/),
);

/** What a user may write in a place that only the API server checks. No null: Helm's own handling of it keeps changing. */
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(
      text,
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.boolean(),
      fc.constantFrom(0.5, 1.25, 1e15, 9007199254740991),
    ),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(keys, tie('anything'), { maxKeys: 3 }),
  ),
}));
