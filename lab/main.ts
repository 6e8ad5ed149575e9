import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runExperiment } from './experiment.js';
import type { Fault } from './faults/fault.js';
import { faults } from './faults/index.js';
import { invariants } from './invariants/index.js';
import { runInOwnNamespaces } from './namespaces.js';
import { reporterForPeople } from './report/people.js';
import { table } from './report/table.js';

interface Options {
  readonly fault: readonly string[];
  readonly rounds: number;
  readonly seed: string;
  readonly json?: true;
  readonly strict?: true;
}

const names = faults.map(({ name }) => name);

const program = new Command('chaos')
  .description(
    'The fault lab: a stack of its own, clients at work, one fault after the other, and the proof that nothing was lost.',
  )
  .addOption(new Option('--fault <names...>', 'only these faults').default(names, 'all').argParser(addFault))
  .addOption(new Option('--rounds <n>', 'how often each fault').default(1).argParser(wholeNumber))
  .addOption(new Option('--seed <text>', 'repeats the choices of a run').default(String(randomInt(1e9)), 'random'))
  .addOption(new Option('--strict', 'clients that are back too late are a broken invariant as well'))
  .addOption(new Option('--json', 'the results for machines'))
  .addHelpText('after', () => explanation())
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

async function main(): Promise<number> {
  const { fault, rounds, seed, json, strict } = program.parse().opts<Options>();
  const inside = await runInOwnNamespaces();
  if (inside !== undefined) return inside;
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      interrupted.abort();
    });
  const results = await runExperiment({
    faults: faults.filter(({ name }) => fault.includes(name)),
    rounds,
    seed,
    strict: strict === true,
    signal: interrupted.signal,
    report: reporterForPeople(process.stderr),
  });
  process.stdout.write(
    json === true ? `${JSON.stringify({ seed, rounds: results })}\n` : `\nseed ${seed}\n\n${table(results)}`,
  );
  return interrupted.signal.aborted || results.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

function addFault(value: string, before: readonly string[]): string[] {
  const wanted = value.split(/[\s,]+/);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
  return [...(before === names ? [] : before), ...wanted];
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Expected a whole number from 1 on.');
}

function explanation(): string {
  const list = (items: readonly Pick<Fault, 'name' | 'title'>[]): string =>
    items.map(({ name, title }) => `  ${name.padEnd(18)}${title}`).join('\n');
  return `
Faults:
${list(faults)}

Invariants:
${list(invariants)}

Exit codes: 0 all invariants held, 1 one was broken or the run was interrupted, 2 wrong use or no stack to break.`;
}

try {
  // Not by the exit code alone: a round that was interrupted still has clients that try.
  process.exit(await main());
} catch (error) {
  process.stderr.write(`moorline: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
