import { Progress } from '../../../cdk8s/local/progress.js';
import type { Reporter, Result } from '../runner.js';
import type { Figures } from '../stage.js';

const mostViolationsShown = 5;

/** Tells people: one live line on a terminal, a line a scenario everywhere. */
export function reporter(stream: NodeJS.WriteStream): Reporter {
  const progress = new Progress(stream);
  const write = (line: string): void => {
    progress.clear();
    stream.write(`${line}\n`);
  };
  return {
    step: (text) => {
      // Elsewhere a line for each step would bury the results.
      if (stream.isTTY) progress.step(text);
    },
    ended: (result) => {
      for (const line of linesOf(result)) write(line);
    },
    notRun: ({ name }, reason) => {
      write(`- ${name}: not run: ${reason}`);
    },
  };
}

function linesOf({ scenario, figures, tookMs, violations }: Result): string[] {
  const mark = violations.length === 0 ? '✓' : '✗';
  const more = violations.length - mostViolationsShown;
  return [
    [`${mark} ${scenario.name} (${seconds(tookMs)})`, ...figures.map(textOf)].join('; '),
    ...violations.slice(0, mostViolationsShown).map((violation) => `    ${violation}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function textOf({ acknowledged, lost, failures, longestStallMs, healedAfterMs }: Figures): string {
  const failed = Object.entries(failures).map(([reason, count]) => `${count} ${reason}`);
  const calls = failed.length === 0 ? 'no call failed' : `failed calls: ${failed.join(', ')}`;
  return `${acknowledged} jobs acknowledged, ${lost} lost, longest stall ${seconds(longestStallMs)}, healed in ${seconds(healedAfterMs)}, ${calls}`;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
