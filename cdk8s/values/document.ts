import { stringify } from 'yaml';
import { schema } from './index.js';

/** The part of JSON schema that the values use. */
interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

const root = schema as Described;
const commentWidth = 116;

/** values.yaml: every value with its default, under the comment that says what it is. */
export const valuesYaml = (): string => fields(root, '').join('\n').concat('\n');

/** A row for each value: name, default, meaning. */
export function valuesTable(): string {
  const rows = leaves(root, []).map(
    ({ path, value }) =>
      `| \`${path.join('.')}\` | \`${JSON.stringify(value.default)}\` | ${meaning(value).replaceAll('|', '\\|')} |`,
  );
  return ['| value | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

function fields(section: Described, indent: string): string[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, value]) => {
    const comment = wrap(meaning(value), commentWidth - indent.length).map((line) => `${indent}# ${line}`);
    const blank = indent === '' ? [''] : [];
    if (isSection(value)) return [...blank, ...comment, `${indent}${key}:`, ...fields(value, `${indent}  `)];
    const text = stringify({ [key]: value.default }, { version: '1.1', lineWidth: 0 }).trimEnd();
    return [...blank, ...comment, ...text.split('\n').map((line) => indent + line)];
  });
}

/** What has a default of its own is one value, also where it is an object. */
const isSection = (value: Described): boolean => value.properties !== undefined && value.default === undefined;

const meaning = ({ description = '', enum: choices }: Described): string =>
  choices === undefined ? description : `${description} One of ${choices.join(', ')}.`.trim();

function leaves(section: Described, path: readonly string[]): { path: readonly string[]; value: Described }[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, value]) =>
    isSection(value) ? leaves(value, [...path, key]) : [{ path: [...path, key], value }],
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
