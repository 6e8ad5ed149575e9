import { expect, test } from '@jest/globals';
import { tokenCheck } from '../../../app/operations/bearer-token.js';

test.each<[string | undefined, boolean]>([
  ['Bearer right', true],
  ['bearer right', true],
  ['Bearer   right', true],
  ['Bearer wrong', false],
  ['Bearer right2', false],
  ['Bearer Right', false],
  ['Bearer', false],
  ['Bearer ', false],
  ['right', false],
  ['Basic right', false],
  ['Bearer right right', false],
  ['', false],
  [undefined, false],
])('Authorization: %s', (header, accepted) => {
  expect(tokenCheck('right')(header)).toBe(accepted);
});
