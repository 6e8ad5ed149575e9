import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callLimits } from '../../../app/queue/call-limits.js';
import { cutRound, type Submission } from '../../../app/queue/cut-round.js';
import type { PreparedJob } from '../../../app/queue/prepare-job.js';

const job = (id: string, bytes = 200): PreparedJob => ({ id, ifKnown: 'duplicate', args: [id], dataJson: '', bytes });
const submission = (queue: string, jobs: readonly PreparedJob[]): Submission => ({
  call: 'enqueue',
  queue,
  jobs,
  next: 0,
});
const jobs = (count: number, bytes?: number) => Array.from({ length: count }, (_, n) => job(`j${n}`, bytes));

describe('cutRound', () => {
  test('puts jobs of several callers to one queue in one call, in their order', () => {
    const [a, b] = [submission('q', jobs(2)), submission('q', jobs(1))];
    const chunks = cutRound([a, b]);
    expect(chunks).toMatchObject([
      {
        queue: 'q',
        parts: [
          { from: 0, to: 2 },
          { from: 0, to: 1 },
        ],
      },
    ]);
    expect(chunks[0]?.parts.map((part) => part.submission)).toEqual([a, b]);
  });

  test('gives every queue its own call', () => {
    const chunks = cutRound([submission('a', jobs(1)), submission('b', jobs(1)), submission('a', jobs(1))]);
    expect(chunks.map(({ queue, jobs: some }) => [queue, some.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  test('begins a new call when one is full of jobs or of bytes', () => {
    expect(cutRound([submission('q', jobs(1_001))]).map((chunk) => chunk.jobs.length)).toEqual([500, 500, 1]);
    expect(cutRound([submission('q', jobs(5, 100 * 1024))]).map((chunk) => chunk.jobs.length)).toEqual([2, 2, 1]);
  });

  test('lets a job that is larger than a call travel alone', () => {
    const large = submission('q', [job('a'), job('b', 1024 * 1024), job('c')]);
    expect(cutRound([large]).map((chunk) => chunk.jobs.map(({ id }) => id))).toEqual([['a'], ['b'], ['c']]);
  });

  test('leaves what does not fit in the round for the next, and remembers how far it came', () => {
    const large = submission('q', jobs(50_000));
    expect(cutRound([large])).toHaveLength(40);
    expect(large.next).toBe(20_000);
    expect(cutRound([large])[0]?.parts).toMatchObject([{ from: 20_000, to: 20_500 }]);
  });

  test('loses nothing, repeats nothing and keeps every bound', () => {
    const some = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 40 });
    const submissions = fc.array(fc.record({ queue: fc.constantFrom('a', 'b', 'c'), bytes: some }), { maxLength: 20 });
    fc.assert(
      fc.property(submissions, (specs) => {
        const all = specs.map(({ queue, bytes }, at) =>
          submission(
            queue,
            bytes.map((size, n) => job(`${at}-${n}`, size)),
          ),
        );
        const sent: string[] = [];
        for (let rounds = 0; all.some(({ next, jobs: own }) => next < own.length); rounds += 1) {
          expect(rounds).toBeLessThan(1_000);
          for (const chunk of cutRound(all)) {
            const bytes = chunk.jobs.reduce((total, one) => total + one.bytes, 0);
            expect(chunk.jobs.length === 1 || bytes <= callLimits.maxBytes).toBe(true);
            sent.push(...chunk.jobs.map(({ id }) => id));
          }
        }
        expect([...sent].sort()).toEqual(all.flatMap(({ jobs: own }) => own.map(({ id }) => id)).sort());
        const ofFirst = sent.filter((id) => id.startsWith('0-')).map((id) => Number(id.slice(2)));
        expect(ofFirst).toEqual([...ofFirst].sort((a, b) => a - b));
      }),
    );
  });
});
