import { describe, expect, test } from '@jest/globals';
import { Inbox } from '../../../browser/inbox.js';

interface Item {
  readonly n: number;
}

function inbox(): { readonly items: Inbox<Item>; readonly calls: string[] } {
  const calls: string[] = [];
  const items = new Inbox<Item>(
    () => calls.push('taken'),
    () => calls.push('left'),
  );
  return { items, calls };
}

const over = { done: true, value: undefined };

describe('an inbox', () => {
  test('hands over what waits in its order, and then what comes', async () => {
    const { items, calls } = inbox();
    items.push({ n: 1 });
    items.push({ n: 2 });
    expect([await items.next(), await items.next()]).toEqual([1, 2].map((n) => ({ done: false, value: { n } })));
    const next = items.next();
    items.push({ n: 3 });
    expect(await next).toEqual({ done: false, value: { n: 3 } });
    expect(calls).toEqual(['taken', 'taken']);
  });

  test('ends after what waits', async () => {
    const { items } = inbox();
    items.push({ n: 1 });
    items.end();
    expect([await items.next(), await items.next(), await items.next()]).toEqual([
      { done: false, value: { n: 1 } },
      over,
      over,
    ]);
  });

  test('throws its error once, after what waits', async () => {
    const { items } = inbox();
    items.push({ n: 1 });
    items.end(new Error('why'));
    await items.next();
    await expect(items.next()).rejects.toThrow('why');
    expect(await items.next()).toEqual(over);
  });

  test('throws its error at a reader who waits already', async () => {
    const { items } = inbox();
    const [first, second] = [items.next(), items.next()];
    items.end(new Error('why'));
    await expect(first).rejects.toThrow('why');
    expect(await second).toEqual(over);
  });

  test('is empty once its loop was left, and says so', async () => {
    const { items, calls } = inbox();
    items.push({ n: 1 });
    items.push({ n: 2 });
    for await (const { n } of items) if (n === 1) break;
    expect(calls).toEqual(['taken', 'left']);
    expect(await items.next()).toEqual(over);
  });
});
