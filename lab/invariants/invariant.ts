import type { Fault } from '../faults/fault.js';
import type { End } from '../load/ends.js';
import type { Journal } from '../load/journal.js';

/** All that a round has brought to light. */
export interface Evidence {
  readonly fault: Fault;
  readonly journal: Journal;
  /** Where every acknowledged job is at last. */
  readonly ends: ReadonlyMap<string, End>;
  /** The nodes that took a write after the healing. */
  readonly writableNodes: readonly string[];
  /** Client -> the longest it went without what it wanted. */
  readonly gapsMs: ReadonlyMap<string, number>;
  /** Judge the time as well. */
  readonly strict: boolean;
}

/** What must hold whatever goes wrong. A new one is a file beside this one and a line in index.ts. */
export interface Invariant {
  readonly name: string;
  readonly title: string;
  /** A line for people on each violation. */
  violations(evidence: Evidence): readonly string[];
}
