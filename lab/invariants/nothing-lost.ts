import type { Invariant } from './invariant.js';

export const nothingLost: Invariant = {
  name: 'nothing-lost',
  title: 'no acknowledged job is lost',
  violations: ({ journal, ends }) =>
    [...journal.acknowledged]
      .filter((id) => ends.get(id)?.state === 'missing')
      .map((id) => `job ${id} was acknowledged, and the queue does not know it`),
};
