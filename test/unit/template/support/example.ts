import { printTemplate, values, type Context, type JsonSchema } from '../../../../cdk8s/template/index.js';
import { toTree } from '../../../../cdk8s/template/tree.js';

/** The values that the unit tests of the engine speak of. */
export interface Example {
  readonly count: number;
  readonly ratio: number;
  readonly text: string;
  readonly other: string;
  readonly word: string;
  readonly mode: 'Always' | 'Never';
  readonly on: boolean;
  readonly nested: { readonly deep: { readonly flag: boolean } };
  readonly list: readonly string[];
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  readonly free: Readonly<Record<string, unknown>>;
  readonly users: readonly { readonly name: string; readonly id: number; readonly groups: readonly string[] }[];
}

const string = { type: 'string' };
export const schema: JsonSchema = {
  type: 'object',
  properties: {
    count: { type: 'integer' },
    ratio: { type: 'number' },
    text: string,
    other: string,
    word: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    mode: { type: 'string', enum: ['Always', 'Never'] },
    on: { type: 'boolean' },
    nested: { type: 'object', properties: { deep: { type: 'object', properties: { flag: { type: 'boolean' } } } } },
    list: { type: 'array', items: string },
    ports: { type: 'array', items: { type: 'integer' } },
    labels: { type: 'object', additionalProperties: string },
    free: { type: 'object', additionalProperties: {} },
    users: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: string, id: { type: 'integer' }, groups: { type: 'array', items: string } },
      },
    },
  },
};

export const v = values<Example>(schema);

const example: Example = {
  count: 3,
  ratio: 0.5,
  text: 'some text',
  other: '',
  word: 'word',
  mode: 'Always',
  on: true,
  nested: { deep: { flag: false } },
  list: ['a', 'b'],
  ports: [80, 443],
  labels: { b: '2', a: '1' },
  free: { cpu: '1' },
  users: [{ name: 'ann', id: 1, groups: ['x', 'y'] }],
};

/** A context with these values, the others as in the example. */
export const context = (given: Partial<Example> = {}): Context => ({
  Values: { ...example, ...given },
  Release: { Name: 'rel', Namespace: 'ns', Service: 'Helm' },
  Chart: { Name: 'demo', Version: '1.0.0', AppVersion: '7.4' },
});

/** The template lines of the field `key`, which is not the last of its object. */
export const printed = (key: string, value: unknown): string =>
  printTemplate(toTree({ [key]: value, end: 0 })).replace(/\nend: 0\n$/, '');

/** What stands behind `x: ` when the value is printed as a field. */
export const printedValue = (value: unknown): string => printed('x', value).replace(/^x: /, '');
