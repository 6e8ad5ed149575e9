import type { Result } from '../runner.js';
import { seconds } from './people.js';
import { rowsOf } from './rows.js';

const headings = [
  'SCENARIO',
  'ROUNDS',
  'BROKEN',
  'ACKNOWLEDGED',
  'LOST',
  'FAILED CALLS',
  'STALL (MEDIAN)',
  'STALL (WORST)',
  'HEALED (WORST)',
];

/** One line a scenario: what was lost (0), how many rounds broke a promise (0), and how long clients had to wait. */
export function table(results: readonly Result[]): string {
  const rows = rowsOf(results).map((row) => [
    row.scenario.name,
    ...[row.rounds, row.broken, row.acknowledged, row.lost, row.clientErrors].map(String),
    ...[row.stallMs.median, row.stallMs.worst, row.healedMs.worst].map(seconds),
  ]);
  return aligned([headings, ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return `${rows.map((row) => row.map(pad).join('  ')).join('\n')}\n`;
}
