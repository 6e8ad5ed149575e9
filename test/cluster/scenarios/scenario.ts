import type { Stage } from '../stage.js';

/** What clients may notice at most. */
export interface Bound {
  /** The longest that any client goes without what it wants. Judged with `--strict` alone: a machine may be busy. */
  readonly stallMs?: number;
  /** Calls that fail. */
  readonly clientErrors?: number;
}

/** Moved, upgraded or deleted in an orderly way: nobody gets an error. */
export const planned: Bound = { stallMs: 2500, clientErrors: 0 };

/** Something that happens to a release. A new one is a file beside this one and a line in index.ts. */
export interface Scenario {
  readonly name: string;
  /** What happens, for the table. */
  readonly title: string;
  readonly bound: Bound;
  /** Quick and steady enough for every change; the others run when the cluster is put to the test as a whole. */
  readonly isQuick?: true;
  /** Why it cannot run here; undefined when it can. */
  whyNot?(): string | undefined | Promise<string | undefined>;
  run(stage: Stage): Promise<void>;
}
