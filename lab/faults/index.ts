import { coldRestart } from './cold-restart.js';
import { emptyPrimary } from './empty-primary.js';
import type { Fault } from './fault.js';
import { fillDisk } from './fill-disk.js';
import { freezePrimary } from './freeze-primary.js';
import { loseSentinel, loseSentinels } from './freeze-sentinels.js';
import { killGateway } from './kill-gateway.js';
import { killPrimary } from './kill-primary.js';
import { lagThenKill } from './lag-then-kill.js';
import { partitionPrimary } from './partition-primary.js';
import { plannedFailover } from './planned-failover.js';
import { splitBrain } from './split-brain.js';
import { stepClock } from './step-clock.js';
import { freezeWorker, killWorker } from './workers.js';

/** All faults, in the order in which they are injected. */
export const faults: readonly Fault[] = [
  plannedFailover,
  killPrimary,
  freezePrimary,
  lagThenKill,
  partitionPrimary,
  splitBrain,
  emptyPrimary,
  loseSentinel,
  loseSentinels,
  coldRestart,
  killWorker,
  freezeWorker,
  killGateway,
  stepClock,
  fillDisk,
];
