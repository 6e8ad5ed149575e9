import { z } from 'zod';
import { serverView } from '../../bus/servers.js';

export const serverList = z.strictObject({
  servers: z.array(serverView.meta({ id: 'Server' })).describe('1 000 at most'),
});

/** What `/health` of that server says. */
export const serverDetails = z.looseObject({
  ready: z.boolean(),
  reason: z.string().optional(),
  server: z.looseObject({ kind: z.string(), serverId: z.string(), uptimeMs: z.number() }),
});
