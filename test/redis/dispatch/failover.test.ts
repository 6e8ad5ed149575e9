import { expect, test } from '@jest/globals';
import { isMoorlineError } from '../../../app/resilience/errors.js';
import { openDispatcher, serve } from '../support/dispatch.js';
import { startHighAvailability } from '../support/high-availability.js';
import { openQueues } from '../support/queues.js';
import { waitFor } from '../support/wait-for.js';

test('a failover is a delay: every task is answered rightly, or by its deadline', async () => {
  const ha = await startHighAvailability({ downAfterMs: 1_000 });
  const options = { durability: 'replicated' } as const;
  const [asker, helper] = await Promise.all([openDispatcher(ha.uri, options), openQueues(ha.uri, options)]);
  const worker = serve(helper.queues, 'squares', ({ dataJson }) => Number(dataJson) ** 2);
  let [asked, stopped] = [0, false];
  const wrong: unknown[] = [];
  const answered: number[] = [];
  const caller = async (): Promise<void> => {
    while (!stopped) {
      const n = (asked += 1);
      const since = performance.now();
      try {
        const { resultJson } = await asker.dispatcher.ask('squares', n, { timeoutMs: 25_000 });
        if (Number(resultJson) === n * n) answered.push(n);
        else wrong.push({ n, resultJson });
      } catch (error) {
        const isLate = isMoorlineError(error) && error.code === 'deadline_exceeded';
        if (!isLate || performance.now() - since < 25_000) wrong.push(error);
      }
    }
  };
  const callers = Array.from({ length: 10 }, caller);
  await waitFor('answers', () => answered.length > 50);
  const before = await ha.primary();
  await before.kill();
  await waitFor('the loss is noticed', () => asker.connections.status().primary !== before.address);
  const atFailover = answered.length;
  await waitFor('answers by the successor', () => answered.length > atFailover + 200);
  stopped = true;
  await Promise.all(callers);
  await worker.stop();
  expect(wrong).toEqual([]);
  expect(answered.length).toBe(asked);
  await ha.stop();
});
