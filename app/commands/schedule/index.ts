import { Command } from 'commander';
import { parseWholeNumber } from '../options.js';
import type * as Actions from './actions.js';

/** Loaded when a command runs, so that --help is fast. */
const actions = (): Promise<typeof Actions> => import('./actions.js');

export function scheduleCommand(): Command {
  const schedule = new Command('schedule').description('Jobs that come again: by cron or at an interval');

  schedule
    .command('list <queue>')
    .description('Schedules of a queue and their next runs')
    .option('--json', 'print JSON')
    .action(async (queue: string, options: Actions.Output) => (await actions()).list(queue, options));

  schedule
    .command('show <queue> <name>')
    .description('One schedule')
    .option('--json', 'print JSON on one line')
    .action(async (queue: string, name: string, options: Actions.Output) =>
      (await actions()).show(queue, name, options),
    );

  schedule
    .command('set <queue> <name> <data>')
    .description("Make or replace a schedule; the job's data is JSON")
    .option('--cron <expression>', 'five fields, or six with seconds first')
    .option('--time-zone <name>', 'of the cron expression; UTC by default')
    .option('--every-ms <ms>', 'instead of --cron: at each multiple of it', parseWholeNumber)
    .option('--start-at <time>', 'no run before, for example 2030-01-01T00:00:00Z')
    .option('--end-at <time>', 'no run after')
    .option('--limit <n>', 'no more runs than so many', parseWholeNumber)
    .option('--priority <0-9>', '9 comes first', parseWholeNumber)
    .option('--max-attempts <n>', 'failed attempts that make a dead letter', parseWholeNumber)
    .option('--paused', 'no runs, until it is set without')
    .option('--json', 'print JSON on one line')
    .action(async (queue: string, name: string, data: string, options: Actions.SetOptions) =>
      (await actions()).set(queue, name, data, options),
    );

  schedule
    .command('remove <queue> <name>')
    .description('Delete a schedule; jobs that it has made stay')
    .action(async (queue: string, name: string) => (await actions()).remove(queue, name));

  return schedule.addHelpText('after', examples);
}

const examples = `
Examples:
  moorline schedule set reports nightly '{"kind": "daily"}' --cron '0 3 * * *' --time-zone Europe/Berlin
  moorline schedule set health ping null --every-ms 60000
  moorline schedule list reports`;
