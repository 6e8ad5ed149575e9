import { z } from 'zod';
import { autoscaling } from './autoscaling.js';
import { absolutePath, extraEnv, freeObject, resources, scheduling } from './fields.js';
import { appEnvironment, logLevel } from './gateway.js';
import { softSpread } from './spread.js';

const queueName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  .max(128);
const handlers = z
  .strictObject({
    source: z
      .string()
      .max(500000)
      .default('')
      .describe(
        'Text of an ES module `{ [queue]: async (job, context) => result }`: `--set-file worker.handlers.source=handlers.mjs`.',
      ),
    module: absolutePath.default('').describe('Path of such a module inside an image that you build FROM this one.'),
  })
  .prefault({});

export const worker = z
  .strictObject({
    replicas: z
      .int()
      .min(0)
      .max(1000)
      .default(2)
      .describe('How many workers; 0 when all your workers claim over HTTP.'),
    autoscaling: autoscaling.describe('How many workers, by the age of the oldest job.'),
    handlers: handlers.describe('Where the handlers come from; one of the two.'),
    push: z
      .record(queueName, z.string().regex(/^https?:\/\/[!-~]+$/))
      .default({})
      .describe('Queues whose jobs are sent by HTTP POST: queue name to URL.'),
    concurrency: z.int().min(1).max(10000).default(32).describe('Jobs that one worker runs at a time.'),
    leaseMs: z
      .int()
      .min(1000)
      .max(3600000)
      .default(15000)
      .describe('A job of a worker that died runs again after this.'),
    jobTimeoutMs: z
      .int()
      .min(100)
      .max(86400000)
      .default(60000)
      .describe('How long a handler may take, where the job does not say.'),
    logLevel,
    shutdownGraceSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(0)
      .describe(
        'Time to finish what runs when the pod stops; the kubelet waits 10 s longer. 0: as long as `jobTimeoutMs`, an hour at most.',
      ),
    ...resources('small'),
    extraEnv: extraEnv(appEnvironment),
    extraVolumes: z.array(freeObject).default([]).describe('More volumes of the pod.'),
    extraVolumeMounts: z.array(freeObject).default([]).describe('More mounts of the container.'),
    spread: softSpread,
    ...scheduling,
  })
  .prefault({})
  .describe('The workers, which run your handlers.');
