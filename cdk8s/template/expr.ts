import type { FunctionName } from './functions.js';
import { tokenOf } from './tokens.js';

/**
 * What a value is once it is known; it decides how a template prints it.
 *
 * A `word` is a string of `[A-Za-z0-9._+-]` only, a `keyword` one that YAML reads as a string without quotes; `file` is
 * text made of lines; of `any` nothing is known.
 */
export type Kind = 'string' | 'word' | 'keyword' | 'file' | 'int' | 'number' | 'bool' | 'list' | 'map' | 'any';

export type Scalar = string | number | boolean;

declare const type: unique symbol;
const inner = Symbol('inner');

interface Inner {
  readonly node: ExprNode;
  readonly kind: Kind;
  /** The schema of a value a user gives: it names the fields of the items of a loop. */
  readonly schema?: JsonSchema | undefined;
}

/** A value that is not known while TypeScript runs: a field of the chart's values, or what is computed from such. */
export class Expr<out T = unknown> {
  /** Exists for the compiler alone: an `Expr<number>` is no `Expr<string>`. */
  declare readonly [type]: T;
  readonly [inner]: Inner;

  constructor(node: ExprNode, kind: Kind, schema?: JsonSchema) {
    this[inner] = { node, kind, schema };
  }

  /** In a template literal an expression is a token, which `toTree` turns back; any other native use is a mistake. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return tokenOf(this);
    throw new TypeError('a chart value is not known while TypeScript runs: use eq(), add(), when() ... not operators');
  }

  toString(): string {
    return tokenOf(this);
  }

  toJSON(): never {
    throw new TypeError('a chart value is not known while TypeScript runs: use toJson(), not JSON.stringify()');
  }
}

/** Things that stand among the items of a list, or among the lines of a file: none, one or several `T`. */
export class Items<out T = unknown> {
  declare readonly [type]: T;

  constructor(readonly node: ItemsNode) {}
}

export const nodeOf = (expr: Expr): ExprNode => expr[inner].node;
export const kindOf = (expr: Expr): Kind => expr[inner].kind;
export const schemaOf = (expr: Expr): JsonSchema | undefined => expr[inner].schema;

/** A part of a manifest after its tokens were turned back; `undefined` is an absent part. */
export type Tree = Expr | Scalar | readonly (Tree | Items)[] | TreeMap | undefined;
export interface TreeMap {
  /** A key may be the token of a `fields` node: the entries of a map that a user gives. */
  readonly [key: string]: Tree;
}

/** All that one template file holds: an object, or objects made in a loop. */
export type Document = Tree | Items;

/** A named template (`{{ include "chart.fullname" . }}`), shared by manifests. */
export interface Helper {
  readonly name: string;
  readonly body: Expr;
}

/** The variable of one loop. Its identity is the object; its name is for the reader of the template. */
export interface LoopVariable {
  readonly name: string;
  /** Whether Go counts it itself: then it is an integer already, where numbers of a values file are floats. */
  readonly counted?: boolean;
}

export type ExprNode =
  | { readonly op: 'literal'; readonly value: Scalar }
  | { readonly op: 'reference'; readonly root: 'Values' | 'Release' | 'Chart'; readonly path: readonly string[] }
  | { readonly op: 'variable'; readonly variable: LoopVariable; readonly path: readonly string[] }
  | { readonly op: 'call'; readonly fn: FunctionName; readonly args: readonly Expr[] }
  | { readonly op: 'text'; readonly parts: readonly (string | Expr)[] }
  | { readonly op: 'include'; readonly helper: Helper }
  | { readonly op: 'partial'; readonly name: string; readonly tree: Tree }
  | { readonly op: 'when'; readonly condition: Expr; readonly then: Tree; readonly otherwise: Tree }
  | { readonly op: 'lines'; readonly items: readonly (Tree | Items)[] }
  | { readonly op: 'chartFile'; readonly path: string; readonly content: string }
  | { readonly op: 'fields'; readonly map: Expr }
  | {
      readonly op: 'joinEach';
      readonly list: Expr;
      readonly index: LoopVariable;
      readonly item: LoopVariable;
      readonly text: Expr;
      readonly separator: string;
    };

export type ItemsNode =
  | { readonly op: 'spread'; readonly list: Expr }
  | {
      readonly op: 'each';
      /** A list (the key is the index) or a map. */
      readonly over: Expr;
      readonly key: LoopVariable;
      readonly item: LoopVariable;
      readonly body: Tree;
    };

/** As much of a JSON schema (draft-7) as the engine reads. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly items?: JsonSchema | boolean | readonly (JsonSchema | boolean)[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly pattern?: string;
  readonly propertyNames?: JsonSchema | boolean;
  readonly not?: JsonSchema | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export const isMap = (tree: unknown): tree is TreeMap =>
  typeof tree === 'object' &&
  tree !== null &&
  !Array.isArray(tree) &&
  !(tree instanceof Expr) &&
  !(tree instanceof Items);
export const isList = (tree: unknown): tree is readonly (Tree | Items)[] => Array.isArray(tree);

/** The kind of a value that is known now. */
export function kindOfScalar(value: Scalar): Kind {
  if (typeof value === 'string') return kindOfText(value);
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int' : 'number';
}

export function kindOfText(text: string): Kind {
  if (/^[A-Za-z]{2,}(?:-[A-Za-z]+)*$/.test(text) && !yamlWords.test(text)) return 'keyword';
  return isWord(text) ? 'word' : 'string';
}

const yamlWords = /^(?:true|false|yes|no|on|off|null)$/i;

export const isWord = (text: string): boolean => /^[A-Za-z0-9._+-]*$/.test(text);
export const isWordKind = (kind: Kind): boolean => kind === 'word' || kind === 'keyword';
export const isTextKind = (kind: Kind): boolean => isWordKind(kind) || kind === 'string' || kind === 'file';
