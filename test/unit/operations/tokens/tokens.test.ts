import { describe, expect, test } from '@jest/globals';
import { scopeNames } from '../../../../app/operations/tokens/scopes.js';
import { parseTokenList } from '../../../../app/operations/tokens/token-list.js';
import { callerBook } from '../../../../app/operations/tokens/tokens.js';

const find = callerBook('right', () => parseTokenList('shop produce,read right-for-the-shop'));

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
  expect(find(header) !== undefined).toBe(accepted);
});

describe('a token', () => {
  test('of the server itself may do everything', () => {
    expect(find('Bearer right')).toEqual({ name: 'token', scopes: new Set(scopeNames) });
  });

  test('of the list may do what its line says', () => {
    expect(find('Bearer right-for-the-shop')).toEqual({ name: 'shop', scopes: new Set(['produce', 'read']) });
  });

  test('counts from the moment when the list has it', () => {
    const lists = ['', 'late read right-from-now-on'].map(parseTokenList);
    const later = callerBook(undefined, () => lists[0] ?? new Map());
    expect(later('Bearer right-from-now-on')).toBeUndefined();
    lists.shift();
    expect(later('Bearer right-from-now-on')?.name).toBe('late');
  });
});
