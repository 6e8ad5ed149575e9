import { z } from 'zod';
import type { RedisConnections } from '../redis/types.js';
import { workersKey } from './keys.js';

/** So many are listed: any of them, where there are more. */
const maxListed = 1_000;
/** A worker speaks up four times in this. */
const silentAfterMs = 120_000;
/** Silent ones that one call removes. */
const maxRemoved = 100;
/** Of each worker: a list of a thousand must stay small. */
const maxQueues = 100;

/** A worker process, as it described itself last. Times are milliseconds since 1970, by the clock of its machine. */
export const workerView = z.object({
  name: z.string().describe('Unique for each process: the name of the pod and a suffix'),
  serverId: z.string(),
  pod: z.string(),
  queues: z
    .array(z.string())
    .describe(`Those it has handlers for, ${maxQueues} at most, by name; the check, which all serve, is not named`),
  running: z.int().min(0).describe('Jobs at work when it was heard last'),
  concurrency: z.int().min(0).describe('How many jobs it may run at the same time'),
  startedAt: z.number().describe('Milliseconds since 1970, by the clock of its machine'),
  lastHeardAt: z.number().describe('Likewise; every 30 seconds. One that is silent for 2 minutes is dropped'),
});

export type WorkerView = Readonly<z.output<typeof workerView>>;

/** The worker processes that run now. Each writes its own entry; whoever reads removes those of workers that died. */
export class WorkerList {
  constructor(private readonly connections: Pick<RedisConnections, 'command'>) {}

  /** Says that the worker runs, and how it is; again before two minutes are over. */
  async put(worker: Omit<WorkerView, 'lastHeardAt'>): Promise<void> {
    const queues = worker.queues.toSorted().slice(0, maxQueues);
    const view: WorkerView = { ...worker, queues, lastHeardAt: Date.now() };
    await this.connections.command(['HSET', workersKey, worker.name, JSON.stringify(view)]);
  }

  /** Rejects after `deadlineMs` at the latest. */
  async remove(name: string, deadlineMs: number): Promise<void> {
    await this.connections.command(['HDEL', workersKey, name], { deadlineMs });
  }

  /** By name. A worker whose entry goes the moment it speaks up is back in half a minute. */
  async list(): Promise<readonly WorkerView[]> {
    const [entries, time] = await Promise.all([
      this.connections.command(['HRANDFIELD', workersKey, maxListed, 'WITHVALUES']) as Promise<readonly Buffer[]>,
      this.connections.command(['TIME']) as Promise<readonly Buffer[]>,
    ]);
    const { heard, silent } = tellApart(entries.map(String), Number(time[0]) * 1_000);
    if (silent.length > 0) await this.connections.command(['HDEL', workersKey, ...silent.slice(0, maxRemoved)]);
    return heard;
  }
}

/** Of fields and values in turn. What cannot be read counts as silent: nobody else would ever remove it. */
export function tellApart(
  entries: readonly string[],
  nowMs: number,
): { readonly heard: readonly WorkerView[]; readonly silent: readonly string[] } {
  const heard: WorkerView[] = [];
  const silent: string[] = [];
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const [name = '', text = ''] = entries.slice(at, at + 2);
    const view = readView(text);
    if (view === undefined || nowMs - view.lastHeardAt > silentAfterMs) silent.push(name);
    else heard.push(view);
  }
  return { heard: heard.sort((one, other) => (one.name < other.name ? -1 : 1)), silent };
}

function readView(text: string): WorkerView | undefined {
  try {
    return workerView.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
