import { expect, test } from '@jest/globals';
import { claimedJobsJson, jobViewJson, splice } from '../../../app/gateway/job-json.js';

test('data goes out as the text that is stored', () => {
  const job = { id: 'a"', fence: '1', attempt: 1, maxAttempts: 3, priority: 0, enqueuedAt: 1, leaseUntil: 2 };
  expect(claimedJobsJson([{ ...job, dataJson: '{"n":1.0}' }])).toBe(
    '[{"id":"a\\"","fence":"1","attempt":1,"maxAttempts":3,"priority":0,"enqueuedAt":1,"leaseUntil":2,"data":{"n":1.0}}]',
  );
  expect(claimedJobsJson([])).toBe('[]');
});

test('a job that is done shows its result, and no member for what is not known', () => {
  const view = { id: 'a', queue: 'q', state: 'done', finishedAt: 5 } as const;
  expect(jobViewJson({ ...view, resultJson: '[1.0]' })).toBe(
    '{"id":"a","queue":"q","state":"done","finishedAt":5,"result":[1.0]}',
  );
  expect(jobViewJson(view)).toBe('{"id":"a","queue":"q","state":"done","finishedAt":5}');
});

test('members are put behind those of the object, also of an empty one', () => {
  expect(splice({}, { jobs: '[]' })).toBe('{"jobs":[]}');
  expect(splice({ a: 1, b: undefined }, { c: undefined, d: 'null' })).toBe('{"a":1,"d":null}');
  expect(splice({}, {})).toBe('{}');
});
