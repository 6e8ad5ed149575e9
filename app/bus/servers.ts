import { z } from 'zod';
import type { RedisConnections } from '../redis/types.js';
import { listCall } from './library.js';

/** What a server says of itself. */
export const aboutServer = z.object({
  kind: z.string().describe('What the process is: gateway'),
  pod: z.string(),
  node: z.string().optional(),
  version: z.string(),
  startedAt: z.number().describe('Milliseconds since 1970, by the clock of its machine'),
});

export type AboutServer = Readonly<z.output<typeof aboutServer>>;

export const serverView = aboutServer.extend({
  id: z.string().describe('SERVER_ID of the process'),
  lastHeardAt: z
    .number()
    .describe('Milliseconds since 1970, by the clock of Redis. One that is silent for 100 seconds is dropped'),
});

export type ServerView = Readonly<z.output<typeof serverView>>;

/** The servers that listen to messages, by id; 1 000 at most. */
export async function listServers(connections: Pick<RedisConnections, 'call'>): Promise<readonly ServerView[]> {
  const reply = (await connections.call('command', listCall(), { repeatable: true })) as readonly Buffer[];
  const servers: ServerView[] = [];
  for (let at = 0; at + 2 < reply.length; at += 3) {
    const [id, heard, about] = reply.slice(at, at + 3).map(String);
    const view = readAbout(about ?? '');
    if (id !== undefined && view !== undefined) servers.push({ id, ...view, lastHeardAt: Number(heard) });
  }
  return servers.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** undefined for what another version has written. */
function readAbout(text: string): AboutServer | undefined {
  try {
    return aboutServer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
