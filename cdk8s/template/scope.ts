import { outsideItsLoop } from './evaluate.js';
import type { ExprNode, LoopVariable } from './expr.js';

/** Where in a template something is printed: how the root is called there and which loop variables are visible. */
export class Scope {
  private constructor(
    /** Inside a loop the dot is the item, so the root has to be named. */
    readonly root: '' | '$',
    private readonly names: ReadonlyMap<LoopVariable, string>,
    private readonly used: Set<LoopVariable>,
    private readonly hoisted: Hoist | undefined,
  ) {}

  static top(): Scope {
    return new Scope('', new Map(), new Set(), undefined);
  }

  /** The same place, where statements may be put in front of an expression. */
  hoisting(hoist: Hoist): Scope {
    return new Scope(this.root, this.names, this.used, hoist);
  }

  inLoop(...variables: readonly LoopVariable[]): Scope {
    const names = new Map(this.names);
    for (const variable of variables) names.set(variable, freeName(variable.name, new Set(names.values())));
    return new Scope('$', names, this.used, undefined);
  }

  nameOf(variable: LoopVariable): string {
    const name = this.names.get(variable);
    if (name === undefined) throw new ReferenceError(outsideItsLoop(variable));
    this.used.add(variable);
    return name;
  }

  /** The variables that a loop must declare: the key only where its body reads it. */
  declared(key: LoopVariable, item: LoopVariable): string {
    const names = [key, item].map((variable) => this.names.get(variable) ?? variable.name);
    if (this.used.has(key)) return `${names.join(', ')} := `;
    return this.used.has(item) ? `${names[1] ?? ''} := ` : '';
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

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = `$${wanted}`;
  for (let n = 2; taken.has(name); n += 1) name = `$${wanted}${n}`;
  return name;
}
