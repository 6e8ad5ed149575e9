import { expect, test } from '@jest/globals';
import { pageOf } from '../../cluster/report/page.js';
import type { Result } from '../../cluster/runner.js';
import { deletePrimary } from '../../cluster/scenarios/delete-primary.js';
import { killPrimary } from '../../cluster/scenarios/kill-primary.js';
import type { Scenario } from '../../cluster/scenarios/scenario.js';

const conditions = { date: '2026-11-21', kubernetes: 'v1.34.4' };
const resultOf = (scenario: Scenario, longestStallMs: number): Result => ({
  scenario,
  round: 1,
  tookMs: 60_000,
  violations: [],
  figures: [
    {
      acknowledged: 100,
      lost: 0,
      failures: {},
      clientErrors: 0,
      longestStallMs,
      healedAfterMs: 9000,
      redis: '8.0.2',
    },
  ],
});

test('the page has a line for each scenario, with the worst and the median of its rounds', () => {
  const page = pageOf(
    [500, 900, 700].map((stallMs) => resultOf(killPrimary, stallMs)),
    conditions,
    '',
  );
  expect(page).toContain(
    `| \`kill-primary\` | ${killPrimary.title} | 3 | 0 | 300 | 0 | 0 | 0.7 s | 0.9 s | 9.0 s | 9.0 s | v1.34.4 | 8.0.2 | 2026-11-21 |`,
  );
});

test('a scenario that was not run keeps its line, in the order of the scenarios, and one that is no more loses it', () => {
  const gone = '| `no-such-scenario` | gone |';
  const before = `${pageOf([resultOf(killPrimary, 500)], conditions, '')}\n${gone}\n`;
  const page = pageOf([resultOf(deletePrimary, 800)], conditions, before);
  expect(page.match(/^\| `[\w-]+`/gm)).toEqual(['| `delete-primary`', '| `kill-primary`']);
});
