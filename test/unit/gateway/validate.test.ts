import { expect, test } from '@jest/globals';
import { deadSelection } from '../../../app/gateway/schemas/dead.js';
import { jobInput, jobList } from '../../../app/gateway/schemas/job.js';
import { settleBody } from '../../../app/gateway/schemas/delivery.js';
import { validate } from '../../../app/gateway/schemas/validate.js';

test.each<[string, Parameters<typeof validate>[0], unknown, string]>([
  [
    'a number out of range',
    jobInput,
    { data: 1, priority: 10 },
    'priority in the body: Expected a whole number from 0 to 9, got 10',
  ],
  [
    'a wrong type',
    jobInput,
    { data: 1, delayMs: '5' },
    'delayMs in the body: Expected a whole number from 0 to 31622400000, got "5"',
  ],
  ['an unknown field', jobInput, { data: 1, foo: 1 }, 'the body: Unrecognized key: "foo"'],
  [
    'a place in a list',
    jobList,
    { jobs: [{ data: 1 }, { data: 1, id: '' }] },
    'jobs[1].id in the body: Expected 1-200 characters without control characters, got ""',
  ],
  [
    'a list that is none',
    jobList,
    { jobs: 5 },
    'jobs in the body: Invalid input: expected array, received number, got 5',
  ],
  [
    'a deep place',
    settleBody,
    { failed: [{ id: 'a', fence: '1', error: { message: [] } }] },
    'failed[0].error.message in the body: Invalid input: expected string, received array, got an array of 0',
  ],
  [
    'what belongs to the whole',
    deadSelection,
    {},
    'the body: Expected exactly one of ids, fingerprint and all, got an object',
  ],
  [
    'a long value',
    jobInput,
    { data: 1, id: 'x'.repeat(300) },
    `id in the body: Expected 1-200 characters without control characters, got "${'x'.repeat(59)}...`,
  ],
])('names %s, what was expected and what came', (_, schema, value, message) => {
  expect(() => validate(schema, value, 'the body')).toThrow(new Error(message));
});

test('a list of too many is refused by its length, without a look at its items', () => {
  const started = performance.now();
  expect(() => validate(jobList, { jobs: Array(3_000_000).fill({}) }, 'the body')).toThrow(/jobs in the body: Too big/);
  // Three million reports would take minutes.
  expect(performance.now() - started).toBeLessThan(15_000);
});
