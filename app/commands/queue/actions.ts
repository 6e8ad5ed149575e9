import { z } from 'zod';
import { Api, queuePath } from '../api.js';
import { UsageError } from '../exit-codes.js';
import { printIndented, printJson, printTable } from '../print.js';

export interface Output {
  readonly json?: true;
}

export interface DeadOptions extends Output {
  readonly limit: number;
  readonly cursor?: string;
  readonly fingerprint?: string;
  readonly reason?: string;
  readonly olderThanMs?: number;
  readonly newerThanMs?: number;
}

export interface SelectionOptions extends Output {
  readonly id?: readonly string[];
  readonly fingerprint?: string;
  readonly all?: true;
  readonly reason?: string;
  readonly olderThanMs?: number;
  readonly newerThanMs?: number;
  readonly limit?: number;
  readonly ratePerSecond?: number;
  readonly dryRun?: true;
}

const queuePage = z.object({
  queues: z.array(
    z.looseObject({
      queue: z.string(),
      ready: z.number(),
      delayed: z.number(),
      leased: z.number(),
      dead: z.number(),
      oldestReadyMs: z.number(),
      paused: z.boolean(),
    }),
  ),
  cursor: z.string().optional(),
});

const groupsPage = z.object({
  groups: z.array(
    z.object({
      fingerprint: z.string(),
      count: z.number(),
      lastDiedAt: z.number(),
      sample: z.object({ error: z.object({ message: z.string() }).optional() }),
    }),
  ),
});

export async function list(options: Output): Promise<void> {
  const queues = await allQueues(new Api());
  if (options.json === true) printJson(queues);
  else {
    printTable(
      ['QUEUE', 'READY', 'DELAYED', 'LEASED', 'DEAD', 'OLDEST MS', 'STATE'],
      queues.map((queue) => [
        queue.queue,
        queue.ready,
        queue.delayed,
        queue.leased,
        queue.dead,
        Math.round(queue.oldestReadyMs),
        queue.paused ? 'paused' : 'open',
      ]),
    );
  }
}

export async function show(queue: string, options: Output): Promise<void> {
  print(await new Api().request(z.unknown(), queuePath(queue)), options);
}

export async function job(queue: string, id: string, options: Output): Promise<void> {
  print(await new Api().request(z.unknown(), queuePath(queue, 'jobs', id)), options);
}

export async function cancel(queue: string, id: string, options: Output): Promise<void> {
  print(await new Api().request(z.unknown(), queuePath(queue, 'jobs', id), { method: 'DELETE' }), options);
}

export async function setPaused(queue: string, verb: 'pause' | 'resume'): Promise<void> {
  await new Api().post(z.unknown(), queuePath(queue, verb));
}

export async function dead(queue: string, { json, ...filter }: DeadOptions): Promise<void> {
  const query = new URLSearchParams(
    Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
  );
  print(await new Api().request(z.unknown(), `${queuePath(queue, 'dead')}?${query.toString()}`), { json });
}

export async function deadGroups(queue: string, { limit, json }: DeadOptions): Promise<void> {
  const { groups } = await new Api().request(groupsPage, `${queuePath(queue, 'dead', 'groups')}?limit=${limit}`);
  const rows = groups.map(({ fingerprint, count, lastDiedAt, sample }) => [
    fingerprint,
    count,
    new Date(lastDiedAt).toISOString(),
    sample.error?.message.split('\n', 1)[0]?.slice(0, 100) ?? '-',
  ]);
  if (json === true) printJson(groups);
  else printTable(['FINGERPRINT', 'COUNT', 'LAST', 'MESSAGE'], rows);
}

export async function deadAudit(queue: string, { limit, json }: DeadOptions): Promise<void> {
  print(await new Api().request(z.unknown(), `${queuePath(queue, 'dead', 'audit')}?limit=${limit}`), { json });
}

export async function settleDead(
  queue: string,
  verb: 'replay' | 'purge',
  { id: ids, json, ...options }: SelectionOptions,
): Promise<void> {
  if ([ids, options.fingerprint, options.all].filter((one) => one !== undefined).length !== 1) {
    throw new UsageError('Expected exactly one of --id, --fingerprint and --all');
  }
  print(await new Api().post(z.unknown(), queuePath(queue, 'dead', verb), { ids, ...options }), { json });
}

type QueuePage = z.output<typeof queuePage>;

async function allQueues(api: Api): Promise<QueuePage['queues']> {
  const queues: QueuePage['queues'] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: QueuePage = await api.request(queuePage, `/api/v1/queues?cursor=${encodeURIComponent(cursor)}`);
    queues.push(...page.queues);
    cursor = page.cursor;
  }
  return queues;
}

function print(value: unknown, { json }: Output): void {
  if (json === true) printJson(value);
  else printIndented(value);
}
