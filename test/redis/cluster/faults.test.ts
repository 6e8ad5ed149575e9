import { describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import type { ClaimedJob, Queues } from '../../../app/queue/types.js';
import { bellChannel } from '../../../app/redis/cluster/bell.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { openQueues } from '../support/queues.js';
import type { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const claim = { max: 50, worker: 'w', waitMs: 200 };

describe('while jobs flow', () => {
  test('a slot moves to another primary, and back, and no call fails', async () => {
    const cluster = await startCluster();
    const { queues } = await openQueues(cluster.uri);
    const flow = startFlow(queues, 'flow', 600_000);
    await waitFor('jobs flow', () => flow.done > 100);
    const key = queueKey('flow', 'jobs');
    const from = await cluster.ownerOf(key);
    const [to] = cluster.primaries.filter((primary) => primary !== from);
    if (to === undefined) throw new Error('Expected another primary');
    for (const primary of [to, from]) {
      await cluster.moveSlot(key, primary);
      const doneBefore = flow.done;
      await waitFor('jobs flow again', () => flow.done > doneBefore + 100);
    }
    expect(await flow.end()).toEqual([]);
    expect(await queues.counts('flow')).toMatchObject({ ready: 0, leased: 0, totals: { done: flow.done } });
  });

  test('a primary is killed and its replica takes over: nothing acknowledged is lost, and no process has to restart', async () => {
    const cluster = await startCluster({ replicas: 3 });
    const { queues, connections } = await openQueues(cluster.uri, { durability: 'replicated', sweepMs: 3_600_000 });
    const before = queues.claim('waiting', { ...claim, leaseMs: 60_000, waitMs: 60_000 });
    // The one that hears the doorbell for this process, so that another one has to take that over, too.
    const owner = await waitFor('a node hears the doorbell', () => listenerOf(cluster));
    const queue = await queueOf(cluster, owner);
    // A claim whose answer is lost with the primary comes back when its leases are over.
    const flow = startFlow(queues, queue, 3_000);
    await waitFor('jobs flow', () => flow.done > 100);
    await owner.kill();
    await waitFor('another primary', async () => (await queueOwner(cluster, queue)) !== owner);
    // Back as the replica of its former replica: until then there is nobody to confirm anything.
    await owner.start();
    const doneBefore = flow.done;
    await waitFor('jobs flow again', () => flow.done > doneBefore + 100);
    // What failed meanwhile was said to fail, and may be tried again.
    for (const error of await flow.end()) expect(error).toMatchObject({ retryable: true });
    await waitFor('all roles ready', () => connections.status().ready);
    expect(connections.status().primary).not.toContain(owner.address);
    expect(flow.lost()).toEqual([]);

    await waitFor('another node hears the doorbell', () => listenerOf(cluster));
    await waitFor(
      'a confirmed job',
      async () => (await queues.enqueue('waiting', [{ id: 'a', data: 1 }])).jobs.length > 0,
    );
    expect(await before).toMatchObject([{ id: 'a' }]);
  });
});

const queueOwner = (cluster: TestCluster, queue: string) => cluster.ownerOf(queueKey(queue, 'jobs'));

/** A queue whose keys the primary has. */
async function queueOf(cluster: TestCluster, primary: RedisServer): Promise<string> {
  for (let n = 0; ; n += 1) {
    if ((await queueOwner(cluster, `flow-${n}`)) === primary) return `flow-${n}`;
  }
}

/** The primary at which this process is subscribed. */
async function listenerOf(cluster: TestCluster): Promise<RedisServer | undefined> {
  for (const node of [...cluster.primaries, ...cluster.replicas]) {
    const reply = await node.cli('PUBSUB', 'NUMSUB', bellChannel).catch(() => '0');
    if (!reply.endsWith('0')) return node;
  }
  return undefined;
}

interface Flow {
  /** Jobs that were settled. */
  readonly done: number;
  /** Stops adding, waits for what is left, answers with the errors there were. */
  end(): Promise<readonly Error[]>;
  /** Jobs that were acknowledged and never ran. */
  lost(): readonly string[];
}

/** Adds jobs to the queue, one batch after another, and runs them; goes on after an error. */
function startFlow(queues: Queues, queue: string, leaseMs: number): Flow {
  const acknowledged = new Set<string>();
  const ran = new Set<string>();
  const settled = new Set<string>();
  const errors: Error[] = [];
  let adding = true;
  const note = (error: unknown) => {
    errors.push(error as Error);
    return undefined;
  };
  const add = async () => {
    for (let batch = 0; adding; batch += 1) {
      const jobs = Array.from({ length: 10 }, (_, n) => ({ id: `${batch}-${n}`, data: n }));
      const receipt = await queues.enqueue(queue, jobs).catch(note);
      for (const { id } of receipt?.jobs ?? []) acknowledged.add(id);
    }
  };
  const run = async () => {
    let done: readonly ClaimedJob[] = [];
    const isOver = () => !adding && done.length === 0 && [...acknowledged].every((id) => ran.has(id));
    while (!isOver()) {
      const result = await queues.settle(queue, { done, claim: { ...claim, leaseMs } }).catch(note);
      if (result === undefined) continue;
      for (const { id } of done) settled.add(id);
      done = result.jobs;
      for (const { id } of done) ran.add(id);
    }
  };
  const work = Promise.all([add(), run()]);
  return {
    get done() {
      return settled.size;
    },
    end: async () => {
      adding = false;
      await work;
      return errors;
    },
    lost: () => [...acknowledged].filter((id) => !ran.has(id)),
  };
}
