import type { End } from '../load/ends.js';
import type { Invariant } from './invariant.js';

export const everyJobRuns: Invariant = {
  name: 'every-job-runs',
  title: 'every acknowledged job runs, and ends as done or as a dead letter with its reason',
  violations: ({ journal, ends }) =>
    [...ends].flatMap(([id, end]) => {
      const wrong = whatIsWrong(end, journal.begun.has(id));
      return wrong === undefined ? [] : [`job ${id} ${wrong}`];
    }),
};

function whatIsWrong({ state, hasReason }: End, hasBegun: boolean): string | undefined {
  switch (state) {
    case 'missing':
      // Another invariant's matter.
      return undefined;
    case 'done':
      return hasBegun ? undefined : 'is done, but nobody ran it';
    case 'dead':
      return hasReason ? undefined : 'is a dead letter without a reason';
    default:
      return `has not ended, it is still ${state}`;
  }
}
