import { Command, InvalidArgumentError } from 'commander';
import { chooseRuns } from './choose-runs.js';
import { allRuns } from './runs/index.js';
import type { Run } from './types.js';

export interface Options {
  /** Names of runs or the first parts of names; absent: the selection. */
  readonly only?: readonly string[];
  readonly pairs: number;
  /** WebSockets, in the runs that have many; absent: as many as each run says. */
  readonly sockets?: number;
  readonly json: boolean;
  readonly save: boolean;
}

interface Flags {
  readonly only?: readonly string[];
  readonly pairs?: number;
  readonly sockets?: number;
  readonly quick?: true;
  readonly json?: true;
  readonly save?: true;
}

/** Exits with 2 and a line that says why when the arguments are wrong, with 0 after `--help`. */
export function parseOptions(args: readonly string[]): Options {
  const program = new Command('make bench')
    .usage('ARGS="[options]"')
    .description(
      'Measures Moorline and BullMQ in turn, each in a process of its own on a Redis of its own.\n' +
        'Without --only it runs the selection (marked *), in less than ten minutes.',
    )
    .option('--only <names>', 'these runs, by name or the first part of it, separated by commas; or all', namesOf)
    .option('--pairs <n>', 'how often both sides are measured in turn (default: 5)', pairsOf)
    .option('--quick', 'two pairs: to see where it stands, not to conclude')
    .option('--sockets <n>', 'so many WebSockets in the runs that have many of them', socketsOf)
    .option('--save', 'writes docs/benchmarks.md')
    .option('--json', 'prints everything measured as JSON on standard output')
    .helpOption('--help', 'this text')
    .addHelpText('after', `\nRuns:\n${allRuns.map(lineOf).join('\n')}`)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(args, { from: 'user' });
  const { only, pairs, sockets, quick, json = false, save = false } = program.opts<Flags>();
  const chosen = { ...(only === undefined ? {} : { only }), ...(sockets === undefined ? {} : { sockets }) };
  return { ...chosen, pairs: pairs ?? (quick === true ? 2 : 5), json, save };
}

const lineOf = ({ name, title, isSelected }: Run): string => `  ${isSelected ? '*' : ' '} ${name.padEnd(24)}${title}`;

function namesOf(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.find((name) => chooseRuns(allRuns, [name]).length === 0);
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`expected the name of a run, got ${unknown}; --help lists them`);
}

const pairsOf = (text: string): number => numberOf(text, 100);
const socketsOf = (text: string): number => numberOf(text, 100_000);

function numberOf(text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new InvalidArgumentError(`expected a number from 1 to ${max}, got ${text}`);
}
