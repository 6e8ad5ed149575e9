import { z } from 'zod';
import { extraEnv, resources, scheduling } from './fields.js';
import { appEnvironment, logLevel, shutdownGraceSeconds } from './gateway.js';
import { softSpread } from './spread.js';

export const agent = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether there are agents; used with `mode: sentinel`.'),
    replicas: z.int().min(1).max(10).default(2).describe('How many agents: one acts, the others are ready to.'),
    logLevel,
    shutdownGraceSeconds: shutdownGraceSeconds(10),
    ...resources('small'),
    extraEnv: extraEnv(appEnvironment),
    spread: softSpread,
    ...scheduling,
  })
  .prefault({})
  .describe('The agents: they label the primary, record who it is, and repair what Sentinel cannot.');
