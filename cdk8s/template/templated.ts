import type { Expr, Items, Scalar } from './expr.js';

/** `T`, where any part may be an expression of that part. */
export type Templated<T> =
  | Expr<T>
  | (T extends Scalar | Date | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? readonly ListItem<Item>[]
        : string extends keyof T
          ? { readonly [key: string]: Templated<T[keyof T] | undefined> }
          : { readonly [Key in keyof T]: Templated<T[Key]> });

/** What may stand in a list of `T`: an item, an item that may be absent, or what brings several. */
export type ListItem<T> = Templated<T | undefined> | Items<T>;

/** An argument of a function: known now, or later. */
export type Arg<T> = Expr<T> | T;

/** Text: a string (tokens in it are expressions) or an expression of one. */
export type Text = Arg<string>;
