import type { Conditions } from '../machine/conditions.js';
import { contenderTitles, figures, type FigureName } from '../types.js';
import { isTooBusy, summaries, verdicts, type FigureSummary, type Outcome } from './outcome.js';
import { numberText, spreadText, targetText, timesText } from './table.js';

/** docs/benchmarks.md: how it was measured, what was asked for, and everything that came out. */
export function pageOf(outcomes: readonly Outcome[], conditions: Conditions): string {
  return [
    '# Benchmarks',
    'Written by `make bench ARGS="--save"`; do not edit.',
    methodOf(outcomes, conditions),
    '## What was asked for',
    targetTable(outcomes),
    '## What was measured',
    ...outcomes.flatMap((outcome) => [`### ${outcome.run.title}`, runText(outcome)]),
  ].join('\n\n');
}

function methodOf(outcomes: readonly Outcome[], { date, machine, versions, isPinned }: Conditions): string {
  const pairs = Math.max(0, ...outcomes.map(({ rounds }) => rounds.length));
  return `${date}, on ${machine}. ${versions}.

Both libraries do the same task through their public interfaces, with handlers that do nothing and 200 bytes of data. BullMQ has the
options that its documentation recommends, finished jobs are removed, and jobs have three attempts on both sides. Each measurement has a
redis-server of its own with the limits of listpacks that the bundle sets, empty and in memory unless it says otherwise, and a client process of its own${isPinned ? ', each pinned to a core of its own' : ''}.
The two sides are measured in turn, ${pairs} times; "times better" is the median of the ratios of these pairs, with the least and the most.
CPU per job hardly depends on what else runs on the machine; rates and times do.`;
}

function targetTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap((outcome) =>
    verdicts(outcome).map((verdict) => [outcome.run.title, targetText(verdict), verdict.isMet ? 'met' : 'missed']),
  );
  return table([['run', 'target and measured', ''], ...rows]);
}

function runText(outcome: Outcome): string {
  const text = table([
    ['', ...outcome.run.contenders.map((contender) => contenderTitles[contender]), 'times better'],
    ...rowsOf(summaries(outcome)),
  ]);
  const warning = 'Others kept the machine busy meanwhile: rates and times do not conclude, CPU per job does.';
  return isTooBusy(outcome) ? `${text}\n\n${warning}` : text;
}

/** A row for each figure, its contenders side by side. */
function rowsOf(all: readonly FigureSummary[]): string[][] {
  const names = [...new Set(all.map(({ figure }) => figure))];
  return names.map((name: FigureName) => {
    const ofFigure = all.filter(({ figure }) => figure === name);
    const cells = ofFigure.map((one) => `${numberText(name, one.median)} (${spreadText(one)})`);
    return [figures[name].title, ...cells, ofFigure.map(timesText).join('')];
  });
}

function table([head = [], ...rows]: readonly string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
