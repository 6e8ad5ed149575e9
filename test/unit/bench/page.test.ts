import { expect, test } from '@jest/globals';
import { pageOf } from '../../../bench/results/page.js';
import type { Outcome } from '../../../bench/results/outcome.js';
import { tableOf, verdictLines } from '../../../bench/results/table.js';

const outcome: Outcome = {
  run: {
    name: 'add-1',
    title: 'Add, one after the other',
    task: { kind: 'add', jobs: 1, warmUp: 0, concurrency: 1, batch: 1 },
    contenders: ['moorline', 'bullmq'],
    server: { persistence: 'none', replicas: 0 },
    targets: [
      { figure: 'perSecond', timesBetter: 1.3 },
      { figure: 'redisUsPerJob', atMost: 2 },
    ],
    isSelected: true,
  },
  rounds: [
    {
      measured: {
        moorline: { perSecond: 40_000, redisUsPerJob: 2.5 },
        bullmq: { perSecond: 10_000, redisUsPerJob: 10 },
      },
      othersShare: 0.9,
    },
  ],
};

test('the table of a terminal has a line for each figure of each side', () => {
  expect(tableOf(outcome).split('\n').slice(1)).toEqual([
    '  jobs/s            Moorline  40,000  40,000 - 40,000           4.00 (4.00 - 4.00)',
    '  jobs/s            BullMQ    10,000  10,000 - 10,000',
    '  Redis CPU us/job  Moorline     2.5        2.5 - 2.5           4.00 (4.00 - 4.00)',
    '  Redis CPU us/job  BullMQ      10.0      10.0 - 10.0',
  ]);
});

test('every target says what was asked for, what came and whether that is enough', () => {
  expect(verdictLines(outcome)).toEqual([
    '  met     jobs/s: at least 1.30 times better, measured 4.00',
    '  MISSED  Redis CPU us/job: at most 2, measured 2.5',
  ]);
});

test('the page names machine and versions, puts both sides next to each other and owns up to a busy machine', () => {
  const page = pageOf([outcome], { date: '2026-01-02', machine: '2 cores', versions: 'Redis 7', isPinned: true });
  expect(page).toContain('2026-01-02, on 2 cores. Redis 7.');
  expect(page).toContain('| jobs/s | 40,000 (40,000 - 40,000) | 10,000 (10,000 - 10,000) | 4.00 (4.00 - 4.00) |');
  expect(page).toContain('| Add, one after the other | Redis CPU us/job: at most 2, measured 2.5 | missed |');
  expect(page).toContain('rates and times do not conclude');
});
