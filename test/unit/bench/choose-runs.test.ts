import { expect, test } from '@jest/globals';
import { chooseRuns } from '../../../bench/choose-runs.js';
import { allRuns } from '../../../bench/runs/index.js';

const names = (only?: readonly string[]): readonly string[] => chooseRuns(allRuns, only).map(({ name }) => name);

test('no run has the name of another', () => {
  expect(new Set(names(['all'])).size).toBe(allRuns.length);
});

test('a name means that run alone, and the first part of names all that begin so', () => {
  expect(names(['add-100', 'process-1'])).toEqual(['add-100', 'process-1']);
  expect(names(['process'])).toEqual(allRuns.map(({ name }) => name).filter((name) => name.startsWith('process-')));
  expect(names(['nothing'])).toEqual([]);
});

test('without names the selection runs', () => {
  expect(names()).toContain('add-100');
  expect(names()).not.toContain('add-100-always');
});
