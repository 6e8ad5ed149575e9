import { Expr, isWordKind, kindOfText, type JsonSchema, type Kind, type Scalar } from './expr.js';

/**
 * Typed references to a value and to its fields: `v.image.tag`. Maps with free keys and lists are references as a
 * whole; look inside them with `each`, `eachEntry` and `spreadFields`.
 */
export type Refs<T> = Expr<T> &
  (T extends Scalar | readonly unknown[]
    ? unknown
    : string extends keyof T
      ? unknown
      : { readonly [Key in keyof T]-?: Refs<Exclude<T[Key], undefined>> });

/** References to the chart's values. A name that the schema does not have throws. */
export const values = <T>(schema: JsonSchema): Refs<T> =>
  refsTo<T>((path, kind, part) => new Expr({ op: 'reference', root: 'Values', path }, kind, part), schema);

const builtin = (root: 'Release' | 'Chart', name: string, kind: Kind): Expr<string> =>
  new Expr({ op: 'reference', root, path: [name] }, kind);

/** The release. Helm takes only DNS names for its name. */
export const release = {
  name: builtin('Release', 'Name', 'word'),
  namespace: builtin('Release', 'Namespace', 'word'),
  service: builtin('Release', 'Service', 'word'),
};
export const chart = {
  name: builtin('Chart', 'Name', 'word'),
  version: builtin('Chart', 'Version', 'word'),
  appVersion: builtin('Chart', 'AppVersion', 'word'),
};

type MakeRef = (path: readonly string[], kind: Kind, schema: JsonSchema | undefined) => Expr;

/** A reference whose properties are the references to the fields that the schema names. */
export function refsTo<T>(make: MakeRef, schema: JsonSchema | undefined, path: readonly string[] = []): Refs<T> {
  const fields = new Map<string, Expr>();
  return new Proxy(make(path, kindOfSchema(schema), schema), {
    get(target, key): unknown {
      if (typeof key === 'symbol' || key === 'toJSON' || key === 'toString') return Reflect.get(target, key, target);
      const known = fields.get(key);
      if (known !== undefined) return known;
      const field = refsTo(make, fieldSchema(schema, [...path, key]), [...path, key]);
      fields.set(key, field);
      return field;
    },
  }) as unknown as Refs<T>;
}

/** The schema of what a loop over a list or a map gives. */
export function schemaOfItems(schema: JsonSchema | undefined): JsonSchema | undefined {
  const items = schema?.items ?? schema?.additionalProperties;
  return typeof items === 'object' && !Array.isArray(items) ? (items as JsonSchema) : undefined;
}

function fieldSchema(schema: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  const field = schema?.properties?.[path.at(-1) ?? ''];
  if (field === undefined) throw new TypeError(`there is no value ${path.join('.')} in the schema`);
  return typeof field === 'object' ? field : undefined;
}

function kindOfSchema(schema: JsonSchema | undefined): Kind {
  switch (schema?.type) {
    case 'string':
      return kindOfStrings(schema);
    case 'integer':
      return 'int';
    case 'number':
      return 'number';
    case 'boolean':
      return 'bool';
    case 'array':
      return 'list';
    case 'object':
      return 'map';
    default:
      return 'any';
  }
}

/** What the schema promises of a string: by its constants, or by a pattern made of nothing but classes of plain characters. */
function kindOfStrings({ enum: choices, const: constant, pattern }: JsonSchema): Kind {
  const allowed = constant === undefined ? choices : [constant];
  if (allowed === undefined) return pattern !== undefined && isWordPattern(pattern) ? 'word' : 'string';
  const kinds = allowed.map((value) => kindOfText(String(value)));
  if (kinds.every((kind) => kind === 'keyword')) return 'keyword';
  return kinds.every(isWordKind) ? 'word' : 'string';
}

function isWordPattern(pattern: string): boolean {
  const classes = /\\d|\\[.]|\[(?!\^)(?:[A-Za-z0-9._+-]|\\[.-])+\]/g;
  const skeleton = pattern.replaceAll('(?:', '(').replace(classes, '0');
  return /^\^(?:[A-Za-z0-9_-]|[()|?*+]|\{\d+(?:,\d*)?\})*\$$/.test(skeleton) && !hasOuterAlternative(skeleton);
}

/** `^a|b$` is anchored on one side only. */
function hasOuterAlternative(skeleton: string): boolean {
  const outer = skeleton.replace(/\([^()]*\)/g, '0');
  return outer === skeleton ? outer.includes('|') : hasOuterAlternative(outer);
}
