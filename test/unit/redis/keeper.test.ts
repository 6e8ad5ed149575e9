import { expect, test } from '@jest/globals';
import { Keeper, reconnectDelayMs, type Closable } from '../../../app/redis/keeper.js';
import { Deadline } from '../../../app/resilience/deadline.js';

/** Closes when told. */
class Door implements Closable {
  isOpen = true;
  private close!: (reason: string) => void;
  readonly closed = new Promise<string>((resolve) => {
    this.close = resolve;
  });

  drop(reason: string): void {
    this.isOpen = false;
    this.close(reason);
  }
}

const soon = () => Deadline.after(30_000);

test('what has closed is opened again, and those who wait get the new one', async () => {
  const keeper = new Keeper(() => Promise.resolve(new Door()));
  const first = await keeper.next(soon());
  first?.drop('test');
  expect(keeper.current).toBeUndefined();
  const second = await keeper.next(soon());
  expect(second?.isOpen).toBe(true);
  expect(second).not.toBe(first);
  expect(keeper).toMatchObject({ status: 'ready', reconnects: 1, lastError: 'test' });
  await keeper.close('done');
});

test('a try that fails is followed by another, and the same reason is told once', async () => {
  const reasons: string[] = [];
  let tries = 0;
  const open = () => {
    tries += 1;
    return tries < 4 ? Promise.reject(new Error('nobody there')) : Promise.resolve(new Door());
  };
  const keeper = new Keeper(open, { onDown: (reason) => reasons.push(reason) });
  expect(await keeper.next(soon())).toBeDefined();
  expect(reasons).toEqual(['nobody there']);
  await keeper.close('done');
});

test('whoever waits gets nothing at the deadline, or when the keeper closes', async () => {
  const keeper = new Keeper<Door>(() => Promise.reject(new Error('nobody there')));
  expect(await keeper.next(Deadline.after(10))).toBeUndefined();
  const waiting = keeper.next(soon());
  await keeper.close('done');
  expect(await waiting).toBeUndefined();
  expect(await keeper.next(soon())).toBeUndefined();
  expect(keeper.status).toBe('closed');
});

test('what opens while the keeper closes is closed', async () => {
  let opened: ((door: Door) => void) | undefined;
  const keeper = new Keeper(() => new Promise<Door>((resolve) => (opened = resolve)));
  const closing = keeper.close('done');
  const door = new Door();
  opened?.(door);
  await closing;
  expect(door.isOpen).toBe(false);
});

test.each([
  [0, 0, 50],
  [2, 1000, 200],
  [20, 29_999, 500],
  [20, 30_000, 5000],
])('before try %i of an outage of %i ms it waits %i ms at most', (attempt, outageMs, delayMs) => {
  expect(reconnectDelayMs(attempt, outageMs, 1)).toBe(delayMs);
});
