import { z } from 'zod';
import { Api } from './api.js';

export async function acceptEpoch(): Promise<void> {
  const { epoch } = await new Api().post(z.object({ epoch: z.string() }), '/api/v1/redis/epoch/accept');
  process.stdout.write(`The data of Redis are accepted as epoch ${epoch}; gateways and workers go on with them\n`);
}
