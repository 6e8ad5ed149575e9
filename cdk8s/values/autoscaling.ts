import { z } from 'zod';
import { selector } from './fields.js';

const replicas = (count: number) => z.int().min(1).max(1000).default(count);

/** Workers by the age of the oldest job, where the cluster has a metrics adapter. */
export const autoscaling = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'A HorizontalPodAutoscaler sets the number of workers, and `worker.replicas` is not used. Needs an adapter for external metrics.',
      ),
    minReplicas: replicas(2).describe('No fewer workers than that.'),
    maxReplicas: replicas(10).describe('No more workers than that.'),
    oldestJobSeconds: z
      .int()
      .min(1)
      .max(86400)
      .default(30)
      .describe('How long the oldest job may wait; workers are added beyond.'),
    metric: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-zA-Z_:][a-zA-Z0-9_:.-]*$/)
          .max(253)
          .default('moorline_queue_oldest_ready_seconds')
          .describe('Name of the external metric; every gateway exports it, so the adapter takes the maximum.'),
        labels: selector.default({}).describe('Which series of it, for example `queue: mail`; none for all.'),
      })
      .prefault({}),
  })
  .prefault({});
