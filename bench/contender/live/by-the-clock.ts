import { setImmediate as nextTurn } from 'node:timers/promises';

/** Calls `send` for each when it is due, whatever became of those before; looks at the clock in every turn of the event loop. */
export async function byTheClock(
  perSecond: number,
  count: number,
  send: (at: number, dueMs: number) => void,
): Promise<number> {
  const startMs = performance.now();
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, ((performance.now() - startMs) * perSecond) / 1_000);
    for (; sent < due; sent += 1) send(sent, startMs + (1_000 * sent) / perSecond);
    await nextTurn();
  }
  return count;
}
