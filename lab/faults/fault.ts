import type { Random } from '../random.js';
import type { Stack } from '../stack/stack.js';
import type { Need } from './needs.js';

/** Takes the fault away; what has healed by itself needs nothing. */
export type Heal = () => Promise<void> | void;

export const healsItself: Heal = () => undefined;

/** Something that goes wrong. A new one is a file beside this one and a line in index.ts. */
export interface Fault {
  readonly name: string;
  /** What happens, for the table. */
  readonly title: string;
  /** What not every machine has. */
  readonly needs?: Need;
  /** How long the fault stays until it is healed, at least and at most. @default none */
  readonly lastsMs?: readonly [shortest: number, longest: number];
  /** How long clients may have to do without, at most: judged with `--strict`. */
  readonly boundMs: number;
  /** Who cannot be back before the healing, and so does not count. */
  readonly victim?: string;
  /** The time counts from the healing: meanwhile nobody could help. */
  readonly isOutage?: true;
  /** Once for each stack, before anybody works on it. */
  prepare?(stack: Stack): Promise<void>;
  inject(stack: Stack, random: Random): Promise<Heal>;
}
