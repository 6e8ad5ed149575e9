import { expect, test } from '@jest/globals';
import { defineLibrary, functionName } from '../../../app/redis/index.js';

test('the name of a library carries the version of its code', () => {
  const one = defineLibrary('queue', "register('a', f)");
  expect(one.name).toMatch(/^moorline_queue_[0-9a-f]{8}$/);
  expect(one.code.startsWith(`#!lua name=${one.name}\n`)).toBe(true);
  expect(functionName(one, 'a')).toBe(`${one.name}_a`);
  expect(defineLibrary('queue', "register('a', f)")).toEqual(one);
  expect(defineLibrary('queue', "register('a', g)").name).not.toBe(one.name);
});
