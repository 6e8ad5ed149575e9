import { describe, expect, test } from '@jest/globals';
import { isTooBusy, summaries, timesBetter, verdicts, type Round } from '../../../bench/results/outcome.js';
import type { Figures, Run, Target } from '../../../bench/types.js';

const round = (moorline: Figures, bullmq: Figures, othersShare = 0): Round => ({
  measured: { moorline, bullmq },
  othersShare,
});

const run = (targets: readonly Target[]): Run => ({
  name: 'add-1',
  title: 'Add',
  task: { kind: 'add', jobs: 1, warmUp: 0, concurrency: 1, batch: 1 },
  contenders: ['moorline', 'bullmq'],
  server: { persistence: 'none', replicas: 0 },
  targets,
  isSelected: true,
});

describe('pairs', () => {
  test.each<[string, Figures, Figures, number | undefined]>([
    ['a rate twice as high is two times better', { perSecond: 200 }, { perSecond: 100 }, 2],
    ['a rate of half is half as good', { perSecond: 50 }, { perSecond: 100 }, 0.5],
    ['what nobody measured has no ratio', {}, { perSecond: 100 }, undefined],
    ['nothing at all has no ratio', { perSecond: 0 }, { perSecond: 100 }, undefined],
  ])('%s', (_title, ours, theirs, expected) => {
    expect(timesBetter(round(ours, theirs), 'perSecond', 'moorline')).toBe(expected);
  });

  test('a cost of a quarter is four times better', () => {
    expect(timesBetter(round({ redisUsPerJob: 5 }, { redisUsPerJob: 20 }), 'redisUsPerJob', 'moorline')).toBe(4);
  });
});

test('ratios are of the pairs, not of the medians', () => {
  const rounds = [
    round({ perSecond: 400 }, { perSecond: 100 }),
    round({ perSecond: 100 }, { perSecond: 50 }),
    round({ perSecond: 90 }, { perSecond: 30 }),
  ];
  const [ours, theirs] = summaries({ run: run([]), rounds });
  expect(ours).toMatchObject({ contender: 'moorline', median: 100, timesBetter: { median: 3, least: 2, most: 4 } });
  expect(theirs).toEqual({ figure: 'perSecond', contender: 'bullmq', median: 50, low: 40, high: 75 });
});

test.each<[string, Target, boolean]>([
  ['as good as asked for is met', { figure: 'perSecond', timesBetter: 2 }, true],
  ['less is not', { figure: 'perSecond', timesBetter: 2.1 }, false],
  ['the bound itself is met', { figure: 'bytesPerJob', atMost: 500 }, true],
  ['more is not', { figure: 'bytesPerJob', atMost: 499 }, false],
  ['what was not measured is not met', { figure: 'p50Ms', timesBetter: 1 }, false],
])('targets: %s', (_title, target, isMet) => {
  const rounds = [round({ perSecond: 200, bytesPerJob: 500 }, { perSecond: 100, bytesPerJob: 900 })];
  expect(verdicts({ run: run([target]), rounds })).toMatchObject([{ isMet }]);
});

test('a machine that others keep busy in most rounds does not conclude', () => {
  const rounds = (shares: readonly number[]) => shares.map((share) => round({}, {}, share));
  expect(isTooBusy({ run: run([]), rounds: rounds([0.1, 0.9, 0.2]) })).toBe(false);
  expect(isTooBusy({ run: run([]), rounds: rounds([0.1, 0.9, 0.8]) })).toBe(true);
});
