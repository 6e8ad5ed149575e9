import { isDeepStrictEqual } from 'node:util';
import { isScalar, parseAllDocuments, visit } from 'yaml';
import { isMap } from './merge.js';

/** The objects in Helm's output. @throws Error at YAML that is broken, or that another parser reads differently. */
export function parseManifests(output: string): unknown[] {
  return [...parseAllDocuments(output, { version: '1.2' })].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    visit(document, {
      Scalar(_, node) {
        if (isScalar(node) && node.type === 'PLAIN' && isAmbiguous(node.source ?? '')) {
          throw new Error(`the plain scalar ${node.source ?? ''} is no string in YAML 1.1, which Kubernetes reads`);
        }
      },
    });
    const object: unknown = document.toJS();
    return object === null ? [] : [object];
  });
}

/** How two sets of objects differ, or `undefined`. Their order does not count, nor that of the keys. */
export function difference(helm: readonly unknown[], synth: readonly unknown[]): string | undefined {
  const [a, b] = [sorted(helm), sorted(plain(synth))];
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).find(
    (i) => !isDeepStrictEqual(a[i], b[i]),
  );
  if (at === undefined) return undefined;
  return `at ${identity(a[at] ?? b[at])}${firstDifference(a[at], b[at])}`;
}

function firstDifference(a: unknown, b: unknown): string {
  if (isCollection(a) && isCollection(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const key = keys.find((name) => !isDeepStrictEqual(a[name], b[name]));
    if (key !== undefined) return `/${key}${firstDifference(a[key], b[key])}`;
  }
  return `: helm ${JSON.stringify(a)} synth ${JSON.stringify(b)}`;
}

/** What YAML 1.1 reads as a boolean, a sexagesimal or an octal number, or a time. */
const isAmbiguous = (source: string): boolean =>
  /^(?:y|n|yes|no|on|off)$/i.test(source) ||
  /^[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?$|^[-+]?0[0-7]+$|^[-+]?\d[\d_]*_[\d_]*$/.test(source) ||
  /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d/.test(source);

/** As it is once it went through JSON: absent fields are gone. */
const plain = (objects: readonly unknown[]): unknown[] => JSON.parse(JSON.stringify(objects)) as unknown[];

const sorted = (objects: readonly unknown[]): unknown[] =>
  objects.toSorted((a, b) => (identity(a) < identity(b) ? -1 : identity(a) > identity(b) ? 1 : 0));

function identity(object: unknown): string {
  if (!isMap(object)) return String(object);
  const metadata = isMap(object.metadata) ? object.metadata : {};
  return `${String(object.kind)}/${String(metadata.name)}`;
}

const isCollection = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
