import { faults } from '../faults/index.js';
import type { RoundResult } from '../round.js';

const headings = [
  'FAULT',
  'ROUNDS',
  'ACKNOWLEDGED',
  'LOST',
  'BROKEN',
  'RAN AGAIN',
  'FAILED CALLS',
  'BACK (MEDIAN)',
  'BACK (WORST)',
  'BOUND',
];

/** One line a fault: what was lost (0), how many rounds broke an invariant (0), and how long clients had to wait. */
export function table(results: readonly RoundResult[]): string {
  const tried = faults.filter(({ name }) => results.some(({ fault }) => fault === name));
  const rows = tried.map(({ name, boundMs }) => {
    const rounds = results.filter(({ fault }) => fault === name);
    const backAfterMs = rounds.map((round) => round.backAfterMs).sort((a, b) => a - b);
    return [
      name,
      String(rounds.length),
      String(sum(rounds.map(({ acknowledged }) => acknowledged))),
      String(sum(rounds.map(({ lost }) => lost))),
      String(rounds.filter(({ violations }) => violations.length > 0).length),
      String(sum(rounds.map(({ repeated }) => repeated))),
      String(sum(rounds.flatMap(({ failures }) => Object.values(failures)))),
      seconds(backAfterMs[Math.floor(backAfterMs.length / 2)] ?? 0),
      seconds(backAfterMs.at(-1) ?? 0),
      seconds(boundMs),
    ];
  });
  return aligned([headings, ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return `${rows.map((row) => row.map(pad).join('  ')).join('\n')}\n`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
