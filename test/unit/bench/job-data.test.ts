import { expect, test } from '@jest/globals';
import { jobData } from '../../../bench/contender/contender.js';

test('the data of a job is 200 bytes of JSON', () => {
  expect(JSON.stringify(jobData(0))).toHaveLength(200);
  expect(JSON.stringify(jobData(49_999))).toHaveLength(200);
});
