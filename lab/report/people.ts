import { Progress } from '../../cdk8s/local/progress.js';
import type { Reporter } from '../experiment.js';
import type { RoundResult } from '../round.js';
import { seconds } from './table.js';

const mostViolationsShown = 5;

/** Tells people: one live line on a terminal, a line a round everywhere. */
export function reporterForPeople(stream: NodeJS.WriteStream): Reporter {
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
    roundEnded: (round, result) => {
      for (const line of linesOf(round, result)) write(line);
    },
    skipped: ({ name }, reason) => {
      write(`- ${name}: ${reason}`);
    },
    kept: (directory) => {
      write(`  the logs are kept in ${directory}`);
    },
  };
}

function linesOf(round: number, result: RoundResult): string[] {
  const { fault, seed, acknowledged, lost, backAfterMs, failures, violations } = result;
  const mark = violations.length === 0 ? '✓' : '✗';
  const failed = Object.entries(failures).map(([code, count]) => `${count} ${code}`);
  const calls = failed.length === 0 ? 'no call failed' : `failed calls: ${failed.join(', ')}`;
  const headline = `${mark} ${fault} ${round}: ${acknowledged} jobs acknowledged, ${lost} lost, clients back in ${seconds(backAfterMs)}, ${calls}`;
  if (violations.length === 0) return [headline];
  const more = violations.length - mostViolationsShown;
  return [
    `${headline} (seed ${seed})`,
    ...violations.slice(0, mostViolationsShown).map((violation) => `    ${violation}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}
