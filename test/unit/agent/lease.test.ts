import { afterEach, describe, expect, test } from '@jest/globals';
import { Lease } from '../../../app/agent/lease/lease.js';
import { decideLease, observe } from '../../../app/agent/lease/lease-decision.js';
import type { LeaseState, LeaseStore } from '../../../app/agent/lease/lease-store.js';
import { createLog } from '../../../app/log.js';
import { waitFor } from '../../redis/support/wait-for.js';

const free: LeaseState = { holder: '', durationMs: 0, transitions: 0, acquiredAt: undefined, version: '1' };
const log = createLog({ level: 'silent' });

describe('the decision', () => {
  const held: LeaseState = { ...free, holder: 'another', durationMs: 10_000 };

  test.each<[string, LeaseState, number, string]>([
    ['nobody has it', free, 0, 'take'],
    ['it is ours', { ...held, holder: 'me' }, 60_000, 'renew'],
    ['another one renewed it lately', held, 10_000, 'wait'],
    ['another one has not renewed it in time', held, 10_001, 'take'],
  ])('%s', (_, lease, unchangedMs, expected) => {
    expect(decideLease(lease, 'me', { version: '1', sinceMs: 500 }, 500 + unchangedMs)).toBe(expected);
  });

  test('counts from when a version was seen first, by its own clock', () => {
    const first = observe(undefined, '1', 100);
    expect(observe(first, '1', 900)).toEqual({ version: '1', sinceMs: 100 });
    expect(observe(first, '2', 900)).toEqual({ version: '2', sinceMs: 900 });
  });
});

describe('several processes and one Lease', () => {
  const leases: Lease[] = [];
  afterEach(async () => {
    await Promise.all(leases.splice(0).map((lease) => lease.release()));
  });

  function contend(store: LeaseStore, me: string, durationMs = 1_000): Lease {
    const lease = new Lease({ store, me, log, onChange: () => undefined, durationMs, renewMs: 50 });
    leases.push(lease);
    return lease;
  }

  test('only one of them has it at a time, and keeps it', async () => {
    const store = storeInMemory();
    const [one, other] = [contend(store, 'one'), contend(store, 'other')];
    const holder = await waitFor('one has it', () => [one, other].find(({ remainingMs }) => remainingMs > 0));
    const { renewals } = store;
    await waitFor('it is renewed', () => store.renewals > renewals + 10);
    expect([one, other].filter(({ remainingMs }) => remainingMs > 0)).toEqual([holder]);
    expect(store.state.transitions).toBe(1);
  });

  test('one that is released is taken over at once, long before it would have run out', async () => {
    const store = storeInMemory();
    const first = contend(store, 'first', 3_600_000);
    await waitFor('the first one has it', () => first.remainingMs > 0);
    const second = contend(store, 'second', 3_600_000);
    await first.release();
    expect(first.remainingMs).toBe(0);
    await waitFor('the second one has it', () => second.remainingMs > 0);
  });

  test('one whose holder cannot write any more is held no longer before another takes it', async () => {
    const store = storeInMemory();
    const cut = { ...cuttable(store), isCut: false };
    const first = contend({ read: () => cut.read(), replace: (next) => cut.replace(next) }, 'first');
    await waitFor('the first one has it', () => first.remainingMs > 0);
    cut.isCut = true;
    const second = contend(store, 'second');
    const both: number[] = [];
    await waitFor(
      'the second one has it',
      () => {
        both.push(Math.min(first.remainingMs, second.remainingMs));
        return second.remainingMs > 0;
      },
      { pollMs: 5 },
    );
    expect(Math.max(...both)).toBe(0);
  });
});

interface StoreInMemory extends LeaseStore {
  readonly state: LeaseState;
  readonly renewals: number;
}

function storeInMemory(): StoreInMemory {
  let state = free;
  return {
    get state() {
      return state;
    },
    get renewals() {
      return Number(state.version);
    },
    read: () => Promise.resolve(state),
    replace: (next) => {
      if (next.version !== state.version) return Promise.resolve(false);
      state = { ...next, version: String(Number(next.version) + 1) };
      return Promise.resolve(true);
    },
  };
}

function cuttable(store: LeaseStore) {
  return {
    isCut: false,
    read(): Promise<LeaseState> {
      return this.isCut ? Promise.reject(new Error('cut off')) : store.read();
    },
    replace(next: LeaseState): Promise<boolean> {
      return this.isCut ? Promise.reject(new Error('cut off')) : store.replace(next);
    },
  };
}
