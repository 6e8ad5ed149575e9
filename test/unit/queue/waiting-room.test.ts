import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WaitingRoom } from '../../../app/queue/waiting-room.js';

const longMs = 60_000;
let room: WaitingRoom;

beforeEach(() => {
  room = new WaitingRoom();
});

afterEach(() => {
  room.close();
});

/** Claims of `max` jobs each that sleep in the room; `woken` tells who was woken, in order. */
function sleepers(...maxima: number[]) {
  const woken: number[] = [];
  const places = maxima.map((max) => room.enter(max));
  const ends = places.map(async (place, at) => {
    if (await room.sleep(place, longMs)) woken.push(at);
  });
  return { places, woken, settled: () => new Promise(setImmediate), all: Promise.all(ends) };
}

describe('WaitingRoom', () => {
  test('a ring wakes the first, as many as one call can serve', async () => {
    const { woken, settled, all } = sleepers(200, 50, 1, 300);
    room.ring();
    await settled();
    expect(woken).toEqual([0, 1]);
    room.ring();
    await settled();
    expect(woken).toEqual([0, 1, 2]);
    room.ring();
    await settled();
    expect(woken).toEqual([0, 1, 2, 3]);
    await all;
  });

  test('who tried in vain keeps its place before those that came later', async () => {
    const { places, woken, settled, all } = sleepers(250, 250);
    room.ring();
    await settled();
    const again = room.sleep(places[0] ?? { ticket: 0, max: 0 }, longMs).then(() => woken.push(10));
    room.ring();
    await settled();
    expect(woken).toEqual([0, 10]);
    room.ring();
    await Promise.all([all, again]);
  });

  test('a ring while all are trying is not lost', async () => {
    const place = room.enter(1);
    room.ring();
    expect(await room.sleep(place, longMs)).toBe(true);
    expect(await room.sleep(place, 1)).toBe(false);
    room.leave();
  });

  test('a ring in an empty room concerns nobody who comes later', async () => {
    room.ring();
    expect(await room.sleep(room.enter(1), 1)).toBe(false);
    room.leave();
  });

  test('what a try tells sets the next look: at once when more is left, else when something is due', async () => {
    const { woken, settled, all } = sleepers(250, 250);
    room.learn({ left: 1 });
    await settled();
    expect(woken).toEqual([0]);
    room.learn({ left: 0, nextWakeMs: 5 });
    await all;
    expect(woken).toEqual([0, 1]);
  });

  test('an aborted claim leaves without a try, before and during its sleep', async () => {
    const place = room.enter(1);
    const gone = new AbortController();
    const sleep = room.sleep(place, longMs, gone.signal);
    gone.abort();
    expect(await sleep).toBe(false);
    expect(await room.sleep(place, longMs, gone.signal)).toBe(false);
    room.leave();
    expect(room.isOccupied).toBe(false);
  });
});
