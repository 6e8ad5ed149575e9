import type { Expr } from './template/index.js';

export interface Check {
  readonly id: string;
  /** Holds when the values are refused. */
  readonly check: Expr<boolean>;
  /** Names the value and the reason. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}
