import { contenderTitles, figures, type FigureName } from '../types.js';
import { summaries, verdicts, type FigureSummary, type Outcome, type Verdict } from './outcome.js';

/** For a terminal: a line for each figure of each contender. */
export function tableOf(outcome: Outcome): string {
  const rows = summaries(outcome).map((summary) => [
    figures[summary.figure].title,
    contenderTitles[summary.contender],
    numberText(summary.figure, summary.median),
    spreadText(summary),
    timesText(summary),
  ]);
  const table = [['', '', 'median', 'middle half', 'times better (least - most)'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) => `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ')}`.trimEnd())
    .join('\n');
}

export function verdictLines(outcome: Outcome): readonly string[] {
  return verdicts(outcome).map((verdict) => `  ${verdict.isMet ? 'met   ' : 'MISSED'}  ${targetText(verdict)}`);
}

export function targetText({ target, measured }: Verdict): string {
  const { title } = figures[target.figure];
  const number = numberText(target.figure, measured);
  if ('atMost' in target) return `${title}: at most ${target.atMost}, measured ${number}`;
  return 'atLeast' in target
    ? `${title}: at least ${target.atLeast}, measured ${number}`
    : `${title}: at least ${target.timesBetter.toFixed(2)} times better, measured ${measured.toFixed(2)}`;
}

export function numberText(figure: FigureName, value: number): string {
  return value.toLocaleString('en', {
    minimumFractionDigits: figures[figure].digits,
    maximumFractionDigits: figures[figure].digits,
  });
}

export function spreadText({ figure, low, high }: FigureSummary): string {
  return `${numberText(figure, low)} - ${numberText(figure, high)}`;
}

export function timesText({ timesBetter }: FigureSummary): string {
  if (timesBetter === undefined) return '';
  const { median, least, most } = timesBetter;
  return `${median.toFixed(2)} (${least.toFixed(2)} - ${most.toFixed(2)})`;
}

/** Text to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}
