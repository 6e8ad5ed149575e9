import type { Result } from '../runner.js';
import type { Scenario } from '../scenarios/scenario.js';

/** All rounds of a scenario together. */
export interface Row {
  readonly scenario: Scenario;
  readonly rounds: number;
  /** Rounds in which something did not hold. */
  readonly broken: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly clientErrors: number;
  readonly stallMs: Spread;
  readonly healedMs: Spread;
  /** The version, or versions. */
  readonly redis: string;
}

export interface Spread {
  readonly median: number;
  readonly worst: number;
}

export function rowsOf(results: readonly Result[]): Row[] {
  return [...new Set(results.map(({ scenario }) => scenario))].map((scenario) => {
    const rounds = results.filter((result) => result.scenario === scenario);
    const figures = rounds.flatMap((round) => round.figures);
    return {
      scenario,
      rounds: rounds.length,
      broken: rounds.filter(({ violations }) => violations.length > 0).length,
      acknowledged: sum(figures.map(({ acknowledged }) => acknowledged)),
      lost: sum(figures.map(({ lost }) => lost)),
      clientErrors: sum(figures.map(({ clientErrors }) => clientErrors)),
      stallMs: spreadOf(figures.map(({ longestStallMs }) => longestStallMs)),
      healedMs: spreadOf(figures.map(({ healedAfterMs }) => healedAfterMs)),
      redis: [...new Set(figures.map(({ redis }) => redis))].join(', '),
    };
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}
