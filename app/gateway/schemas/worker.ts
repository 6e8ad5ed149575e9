import { z } from 'zod';
import { workerView } from '../../queue/worker-list.js';

export const workerList = z.strictObject({
  workers: z.array(workerView.meta({ id: 'Worker' })).describe('1 000 at most'),
});
