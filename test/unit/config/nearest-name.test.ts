import { expect, test } from '@jest/globals';
import { editDistance, nearestName } from '../../../app/config/nearest-name.js';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['', 'abc', 3],
  ['abc', 'abd', 1],
  ['abc', 'ac', 1],
  ['ac', 'abc', 1],
  ['kitten', 'sitting', 3],
])('from "%s" to "%s" it takes %i edits', (one, other, edits) => {
  expect(editDistance(one, other)).toBe(edits);
});

test('a name that resembles none has no nearest one', () => {
  expect(nearestName('MOORLINE_PROT', ['MOORLINE_HOST', 'MOORLINE_PORT'])).toBe('MOORLINE_PORT');
  expect(nearestName('ABC', ['MOORLINE_PORT'])).toBeUndefined();
  expect(nearestName('ABC', [])).toBeUndefined();
});
