import { z } from 'zod';
import { extraConfig, persistence, resources, scheduling } from './fields.js';
import { strictSpread } from './spread.js';

/** What sentinel-start.sh decides. */
const managedDirectives = ['port', 'bind', 'dir', 'daemonize', 'pidfile', 'protected-mode', 'requirepass', 'sentinel'];

export const sentinel = z
  .strictObject({
    replicas: z.int().min(1).max(9).default(3).describe('How many Sentinels: 3 or 5.'),
    quorum: z
      .int()
      .min(0)
      .max(9)
      .default(0)
      .describe('Sentinels that must agree that the primary is down; 0 for a majority.'),
    downAfterMs: z
      .int()
      .min(1)
      .max(600000)
      .default(4000)
      .describe('Silence after which a primary counts as down; at least 3500.'),
    failoverTimeoutMs: z
      .int()
      .min(1000)
      .max(3600000)
      .default(30000)
      .describe('After twice this a failed failover is tried again.'),
    parallelSyncs: z.int().min(1).max(8).default(1).describe('Replicas that load from a new primary at the same time.'),
    ...resources('small'),
    persistence: persistence('100Mi').describe('Volumes of the Sentinels: the record of who is primary.'),
    extraConfig: extraConfig(managedDirectives).describe('More lines of `sentinel.conf`.'),
    spread: strictSpread,
    ...scheduling,
  })
  .prefault({})
  .describe('The Sentinels; used with `mode: sentinel`.');
