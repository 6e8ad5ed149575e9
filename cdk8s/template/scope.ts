import { outsideItsLoop } from './evaluate.js';
import type { ExprNode, LoopVariable } from './expr.js';

/** Where in a template something is printed: how the root is called there and which loop variables are visible. */
export class Scope {
  private constructor(
    private readonly visible: readonly LoopVariable[],
    /** Variables get a name when they are first printed; those that never are need no declaration. */
    private readonly names: Map<LoopVariable, string>,
    private readonly hoisted: Hoist | undefined,
  ) {}

  static top(): Scope {
    return new Scope([], new Map(), undefined);
  }

  /** Inside a loop the dot is the item, so the root has to be named. */
  get root(): '' | '$' {
    return this.visible.length === 0 ? '' : '$';
  }

  /** The root as an argument of its own. */
  get dot(): '.' | '$' {
    return this.root === '' ? '.' : '$';
  }

  /** The same place, where statements may be put in front of an expression. */
  hoisting(hoist: Hoist): Scope {
    return new Scope(this.visible, this.names, hoist);
  }

  inLoop(...variables: readonly LoopVariable[]): Scope {
    return new Scope([...this.visible, ...variables], this.names, undefined);
  }

  nameOf(variable: LoopVariable): string {
    if (!this.visible.includes(variable)) throw new ReferenceError(outsideItsLoop(variable));
    const taken = this.visible.map((other) => this.names.get(other));
    const name = this.names.get(variable) ?? freeName(variable.name, taken);
    this.names.set(variable, name);
    return name;
  }

  /** The variables that a loop must declare, once its body was printed. */
  declared(key: LoopVariable, item: LoopVariable): string {
    if (this.names.has(key)) return `${this.nameOf(key)}, ${this.nameOf(item)} := `;
    return this.names.has(item) ? `${this.nameOf(item)} := ` : '';
  }

  /** Prints a loop of text in front and answers with the expression of its result. */
  hoist(loop: ExprNode & { op: 'joinEach' }): string {
    if (this.hoisted === undefined)
      throw new TypeError('joinEach() is printed as statements: put it in the body of a helper()');
    return this.hoisted(loop);
  }
}

/** Prints the statements of a loop elsewhere; gives the expression that stands for their result. */
export type Hoist = (loop: ExprNode & { op: 'joinEach' }) => string;

/** A loop in template text: its opening action, and the body as `print` makes it. */
export function loop<T>(
  over: string,
  key: LoopVariable,
  item: LoopVariable,
  scope: Scope,
  print: (inside: Scope) => T,
): { readonly opening: string; readonly body: T } {
  const inside = scope.inLoop(key, item);
  const body = print(inside);
  return { opening: `{{- range ${inside.declared(key, item)}${over} }}`, body };
}

function freeName(wanted: string, taken: readonly (string | undefined)[]): string {
  let name = `$${wanted}`;
  for (let n = 2; taken.includes(name); n += 1) name = `$${wanted}${n}`;
  return name;
}
