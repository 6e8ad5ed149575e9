import { z } from 'zod';

export const helmTest = z
  .strictObject({
    failover: z
      .boolean()
      .default(false)
      .describe(
        'Whether `helm test` also moves the primary to another node while it hands in jobs, and counts them; with `mode: sentinel` and the agent.',
      ),
  })
  .prefault({})
  .describe('What `helm test` does.');
