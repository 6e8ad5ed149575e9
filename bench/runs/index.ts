import type { Run } from '../types.js';
import { addRuns } from './add.js';
import { askRuns } from './ask.js';
import { capacityRuns } from './capacity.js';
import { liveRuns } from './live.js';
import { processRuns } from './process.js';
import { waitingRuns } from './waiting.js';

/** In the order in which they are run and shown. */
export const allRuns: readonly Run[] = [
  ...addRuns,
  ...processRuns,
  ...waitingRuns,
  ...capacityRuns,
  ...askRuns,
  ...liveRuns,
];
