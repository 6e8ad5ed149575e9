import { Command, InvalidArgumentError, Option } from 'commander';
import { reporter } from './report/people.js';
import { savePage } from './report/save.js';
import { table } from './report/table.js';
import { runScenarios } from './runner.js';
import { scenarios } from './scenarios/index.js';

interface Options {
  readonly quick?: true;
  readonly rounds: number;
  readonly minutes: number;
  readonly strict?: true;
  readonly save?: true;
}

const names = scenarios.map(({ name }) => name);

const program = new Command('e2e')
  .description(
    'Installs releases on the cluster of the current kube context, which should be a disposable one, puts them under load, and proves that nothing is lost.',
  )
  .argument('[scenarios...]', 'only these', addScenario, names)
  .addOption(new Option('--quick', 'only those that are quick and steady enough for every change'))
  .addOption(new Option('--rounds <n>', 'how often each').default(1).argParser(wholeNumber))
  .addOption(new Option('--minutes <n>', 'begin none after so many').default(600).argParser(wholeNumber))
  .addOption(new Option('--strict', 'clients that wait for too long are a fault as well'))
  .addOption(new Option('--save', 'write the figures to docs/reliability.md'))
  .addHelpText(
    'after',
    `\nScenarios:\n${scenarios.map(({ name, title }) => `  ${name.padEnd(26)}${title}`).join('\n')}`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

async function main(): Promise<number> {
  program.parse();
  const { quick, rounds, minutes, strict, save } = program.opts<Options>();
  const [wanted = names] = program.processedArgs as [readonly string[] | undefined];
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      interrupted.abort();
    });
  const results = await runScenarios({
    scenarios: scenarios.filter(({ name, isQuick }) => wanted.includes(name) && (quick !== true || isQuick === true)),
    rounds,
    minutes,
    strict: strict === true,
    signal: interrupted.signal,
    report: reporter(process.stderr),
  });
  process.stdout.write(`\n${table(results)}`);
  if (save === true) process.stdout.write(`\nWritten to ${await savePage(results)}\n`);
  return interrupted.signal.aborted || results.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

function addScenario(value: string, before: readonly string[]): string[] {
  if (!names.includes(value)) throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
  return [...(before === names ? [] : before), value];
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Expected a whole number from 1 on.');
}

// Not by the exit code alone: a scenario that was interrupted still waits for something.
process.exit(await main());
