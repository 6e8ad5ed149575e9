import { describe, expect, test } from '@jest/globals';
import { parseAddressMap, reachableAt } from '../../../app/config/address-map.js';

describe('a map of addresses', () => {
  const map = parseAddressMap('10.92.0.5:6379=127.0.0.1:16379,[fd00::5]:6379=[::1]:16380');

  test.each([
    [
      { host: '10.92.0.5', port: 6379 },
      { host: '127.0.0.1', port: 16379 },
    ],
    [
      { host: 'fd00::5', port: 6379 },
      { host: '::1', port: 16380 },
    ],
    [
      { host: '10.92.0.5', port: 6380 },
      { host: '10.92.0.5', port: 6380 },
    ],
  ])('leads from %j to %j', (announced, reachable) => {
    expect(reachableAt(announced, map)).toEqual(reachable);
  });

  test('is not needed', () => {
    expect(reachableAt({ host: 'redis', port: 6379 })).toEqual({ host: 'redis', port: 6379 });
  });

  test.each(['10.92.0.5:6379', 'a=b=c', 'a:6379=b:70000', ''])('is not %j', (text) => {
    expect(() => parseAddressMap(text)).toThrow(/^expected /);
  });
});
