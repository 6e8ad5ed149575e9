import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import type { ScheduleDefinition } from '../../../app/queue/schedules/definition.js';
import { Scheduler } from '../../../app/queue/schedules/scheduler.js';
import { Schedules } from '../../../app/queue/schedules/schedules.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});

const running: Scheduler[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((scheduler) => scheduler.close()));
  await server.cli('FLUSHALL');
});

/** What one gateway has, in a process of its own. */
async function open(holder: string) {
  const { queues, connections } = await openQueues(`redis://${server.address}`);
  const schedules = new Schedules(connections);
  const log = createLog({ level: 'silent' });
  const start = (): Scheduler => {
    const scheduler = new Scheduler({ schedules, queues, holder, log, registry: createMetrics() });
    running.push(scheduler);
    return scheduler;
  };
  return { queues, connections, schedules, start };
}

const hourly: ScheduleDefinition = { everyMs: 3_600_000, job: { data: { n: 1 } } };
/** As if its last run had been long ago. */
const makeOverdue = (member: string, due: number) => server.cli('ZADD', 'ml:{:schedules}:due', String(due), member);

describe('a schedule', () => {
  test('is put, shown with its next run, listed in pages by name, and removed', async () => {
    const { schedules } = await open('a');
    for (const name of ['b', 'a', 'c']) await schedules.put('q', name, hourly);
    await schedules.put('q2', 'other', hourly);
    const view = await schedules.get('q', 'a');
    expect(view).toMatchObject({ queue: 'q', name: 'a', everyMs: 3_600_000, runs: 0, job: { data: { n: 1 } } });
    expect((view?.nextRunAt ?? 1) % 3_600_000).toBe(0);
    const first = await schedules.list('q', { limit: 2 });
    expect(first.schedules.map(({ name }) => name)).toEqual(['a', 'b']);
    const second = await schedules.list('q', { limit: 2, cursor: first.cursor });
    expect(second).toMatchObject({ schedules: [{ name: 'c' }] });
    expect(second.cursor).toBeUndefined();
    expect(await schedules.remove('q', 'a')).toBe(true);
    expect(await schedules.remove('q', 'a')).toBe(false);
    expect(await schedules.get('q', 'a')).toBeUndefined();
  });

  test('makes its jobs when they are due, one for each run, with an id of its time', async () => {
    const { schedules, queues, start } = await open('a');
    start();
    await schedules.put('q', 'tick', { everyMs: 1_000, limit: 2, job: { data: 'x', priority: 7 } });
    running[0]?.hurry();
    await waitFor('it is over', async () => {
      const view = await schedules.get('q', 'tick');
      return view?.runs === 2 && view.nextRunAt === undefined;
    });
    const jobs = await queues.claim('q', { max: 10, leaseMs: 60_000, worker: 'w' });
    const times = jobs.map(({ id }) => Number(id.replace('tick@', '')));
    expect(jobs).toMatchObject([
      { dataJson: '"x"', priority: 7 },
      { dataJson: '"x"', priority: 7 },
    ]);
    expect(times.every((time) => time % 1_000 === 0)).toBe(true);
    expect(times[0]).not.toBe(times[1]);
  });

  test('of several processes one makes the job, and another when that one is gone', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.schedules.put('q', 's', hourly);
    await makeOverdue('q/s', 3_600_000);
    const [first, second] = await Promise.all([a.schedules.turn('a'), b.schedules.turn('b')]);
    expect([first, second].filter(({ fence }) => fence !== undefined)).toHaveLength(1);
    const holder = first.fence === undefined ? { ...b, turn: second } : { ...a, turn: first };
    const other = first.fence === undefined ? a : b;
    // The holder's process ends between making the job and saying so.
    const [due] = holder.turn.due;
    await holder.queues.enqueue('q', [{ id: 's@3600000', data: 1 }]);
    await server.cli('DEL', 'ml:{:schedules}:lease');
    other.start();
    await waitFor('the other has taken over', async () => (await other.schedules.get('q', 's'))?.runs === 1);
    // What the first one says then counts no more.
    if (due !== undefined) await holder.schedules.advance(holder.turn.fence ?? 0, due, { runs: 7 });
    expect(await other.schedules.get('q', 's')).toMatchObject({ runs: 1 });
  });

  test('runs once after an outage, for the latest of the runs that were missed', async () => {
    const { schedules, queues, start } = await open('a');
    await schedules.put('q', 's', hourly);
    const now = Number((await server.cli('TIME')).split('\n')[0]) * 1_000;
    const latest = Math.floor(now / 3_600_000) * 3_600_000;
    await makeOverdue('q/s', latest - 50 * 3_600_000);
    start();
    await waitFor('it has run', async () => (await schedules.get('q', 's'))?.runs === 1);
    expect(await queues.claim('q', { max: 10, leaseMs: 60_000, worker: 'w' })).toMatchObject([{ id: `s@${latest}` }]);
    expect(await schedules.get('q', 's')).toMatchObject({ lastRunAt: latest, nextRunAt: latest + 3_600_000 });
  });

  test('put again as it was keeps what is overdue; changed or paused it begins anew', async () => {
    const { schedules } = await open('a');
    await schedules.put('q', 's', hourly);
    await makeOverdue('q/s', 3_600_000);
    expect(await schedules.put('q', 's', { ...hourly, job: { data: 2 } })).toMatchObject({ nextRunAt: 3_600_000 });
    expect((await schedules.put('q', 's', { ...hourly, everyMs: 7_200_000 })).nextRunAt).toBeGreaterThan(3_600_000);
    expect((await schedules.put('q', 's', { ...hourly, paused: true })).nextRunAt).toBeUndefined();
    expect(await schedules.turn('a')).toMatchObject({ due: [] });
    expect((await schedules.put('q', 's', hourly)).nextRunAt).toBeGreaterThan(3_600_000);
  });

  test('whose job is refused says why and goes on', async () => {
    const { schedules, start, connections } = await open('a');
    await schedules.put('q', 's', hourly);
    const definition = JSON.stringify({ ...hourly, job: { data: 1, priority: 77 } });
    await connections.command(['HSET', 'ml:{:schedules}:definitions', 'q/s', definition]);
    await makeOverdue('q/s', 3_600_000);
    start();
    const view = await waitFor('it has tried', async () => {
      const now = await schedules.get('q', 's');
      return now?.runs === 1 && now;
    });
    expect(view.lastError).toContain('priority');
    expect(view.nextRunAt).toBeGreaterThan(Date.now() - 3_600_000);
  });

  test('that makes no sense is refused with the reason', async () => {
    const { schedules } = await open('a');
    const job = { data: 1 };
    await expect(schedules.put('q', 's', { job })).rejects.toMatchObject({ message: expect.stringContaining('cron') });
    await expect(schedules.put('q', 's', { cron: 'x', job })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(schedules.put('q', 's', { everyMs: 5, job })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(schedules.put('q', 'a/b', hourly)).rejects.toMatchObject({ message: expect.stringContaining('name') });
  });

  test('that does not exist costs next to nothing: one small call, and no lease', async () => {
    const { schedules, start } = await open('a');
    expect(await schedules.turn('a')).toEqual({ now: expect.any(Number), due: [] });
    await server.cli('CONFIG', 'RESETSTAT');
    const scheduler = start();
    await waitFor('it has looked', async () => /cmdstat_fcall:/.test(await server.cli('INFO', 'commandstats')));
    await scheduler.close();
    const stats = await server.cli('INFO', 'commandstats');
    expect(stats).toMatch(/cmdstat_fcall:calls=1,/);
    expect(stats).not.toContain('cmdstat_set:');
  });
});
