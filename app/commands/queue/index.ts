import { Command } from 'commander';
import { parseWholeNumber } from '../options.js';
import type * as Actions from './actions.js';

/** Loaded when a command runs, so that --help is fast. */
const actions = (): Promise<typeof Actions> => import('./actions.js');

const reasonOption = ['--reason <reason>', 'only those that are failed, rejected, crashed or invalid'] as const;
const olderOption = ['--older-than-ms <ms>', 'only those that died longer ago', parseWholeNumber] as const;
const newerOption = ['--newer-than-ms <ms>', 'only those that died since', parseWholeNumber] as const;

export function queueCommand(): Command {
  const queue = new Command('queue').description('Look at queues and their dead letters, and act on them');

  queue
    .command('list')
    .description('All queues with their counts')
    .option('--json', 'print JSON')
    .action(async (options: Actions.Output) => (await actions()).list(options));

  queue
    .command('show <queue>')
    .description('Counts, age and rates of a queue')
    .option('--json', 'print JSON on one line')
    .action(async (name: string, options: Actions.Output) => (await actions()).show(name, options));

  queue
    .command('job <queue> <id>')
    .description('Where a job is, and why')
    .option('--json', 'print JSON on one line')
    .action(async (name: string, id: string, options: Actions.Output) => (await actions()).job(name, id, options));

  queue
    .command('cancel <queue> <id>')
    .description('End a job; a worker that has it is told to drop it')
    .option('--json', 'print JSON on one line')
    .action(async (name: string, id: string, options: Actions.Output) => (await actions()).cancel(name, id, options));

  for (const verb of ['pause', 'resume'] as const) {
    queue
      .command(`${verb} <queue>`)
      .description(verb === 'pause' ? 'Nothing is claimed until it resumes' : 'End the pause')
      .action(async (name: string) => (await actions()).setPaused(name, verb));
  }

  queue
    .command('dead <queue>')
    .description('Dead letters with their errors')
    .option('--limit <n>', 'so many at most', parseWholeNumber, 50)
    .option('--cursor <cursor>', 'as the page before gave it')
    .option('--fingerprint <fingerprint>', 'only those that died of the same')
    .option(...reasonOption)
    .option(...olderOption)
    .option(...newerOption)
    .option('--json', 'print JSON on one line')
    .action(async (name: string, options: Actions.DeadOptions) => (await actions()).dead(name, options));

  queue
    .command('dead-groups <queue>')
    .description('Dead letters by what they died of')
    .option('--limit <n>', 'so many at most', parseWholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (name: string, options: Actions.DeadOptions) => (await actions()).deadGroups(name, options));

  queue
    .command('dead-audit <queue>')
    .description('Who replayed or purged dead letters')
    .option('--limit <n>', 'so many at most', parseWholeNumber, 50)
    .option('--json', 'print JSON on one line')
    .action(async (name: string, options: Actions.DeadOptions) => (await actions()).deadAudit(name, options));

  for (const verb of ['replay', 'purge'] as const) {
    queue
      .command(`${verb} <queue>`)
      .description(verb === 'replay' ? 'Make dead letters ready again, as if new' : 'Delete dead letters')
      .option('--id <ids...>', 'these')
      .option('--fingerprint <fingerprint>', 'those that died of the same')
      .option('--all', 'all of them')
      .option(...reasonOption)
      .option(...olderOption)
      .option(...newerOption)
      .option('--limit <n>', 'so many at most', parseWholeNumber)
      .option('--rate-per-second <n>', 'no faster than this', parseWholeNumber)
      .option('--dry-run', 'only count')
      .option('--json', 'print JSON on one line')
      .action(async (name: string, options: Actions.SelectionOptions) =>
        (await actions()).settleDead(name, verb, options),
      );
  }

  return queue.addHelpText('after', examples);
}

const examples = `
Examples:
  moorline queue list
  moorline queue job mail mail-1
  moorline queue dead mail --limit 10
  moorline queue dead-groups mail
  moorline queue replay mail --fingerprint 5f3a9c0d1e2b4a67 --limit 5`;
