import type { Result } from '../runner.js';
import { seconds } from './people.js';

const headings = [
  'SCENARIO',
  'ROUNDS',
  'BROKEN',
  'ACKNOWLEDGED',
  'LOST',
  'CLIENT ERRORS',
  'LONGEST STALL',
  'HEALED IN',
];

/** One line a scenario: what was lost (0), how many rounds broke a promise (0), and how long clients had to wait. */
export function table(results: readonly Result[]): string {
  const names = [...new Set(results.map(({ scenario }) => scenario.name))];
  const rows = names.map((name) => {
    const rounds = results.filter(({ scenario }) => scenario.name === name);
    const figures = rounds.flatMap((round) => round.figures);
    return [
      name,
      String(rounds.length),
      String(rounds.filter(({ violations }) => violations.length > 0).length),
      String(sum(figures.map(({ acknowledged }) => acknowledged))),
      String(sum(figures.map(({ lost }) => lost))),
      String(sum(figures.map(({ clientErrors }) => clientErrors))),
      seconds(Math.max(0, ...figures.map(({ longestStallMs }) => longestStallMs))),
      seconds(Math.max(0, ...figures.map(({ healedAfterMs }) => healedAfterMs))),
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
