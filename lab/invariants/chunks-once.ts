import type { Invariant } from './invariant.js';

export const chunksOnce: Invariant = {
  name: 'chunks-once',
  title: 'whoever follows a stream has every chunk once and in order, or is told',
  violations: ({ journal }) => journal.live.chunkTroubles,
};
