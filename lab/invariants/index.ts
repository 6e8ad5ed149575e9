import { chunksOnce } from './chunks-once.js';
import { clientsReturn } from './clients-return.js';
import { everyJobRuns } from './every-job-runs.js';
import type { Invariant } from './invariant.js';
import { messagesInOrder } from './messages-in-order.js';
import { nothingLost } from './nothing-lost.js';
import { onePrimary } from './one-primary.js';
import { oneSettlement } from './one-settlement.js';

export const invariants: readonly Invariant[] = [
  nothingLost,
  everyJobRuns,
  oneSettlement,
  chunksOnce,
  messagesInOrder,
  onePrimary,
  clientsReturn,
];
