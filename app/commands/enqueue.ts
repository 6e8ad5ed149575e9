import { Command } from 'commander';
import { parseWholeNumber } from './options.js';
import type { EnqueueOptions } from './enqueue-jobs.js';

export const enqueueCommand = (): Command =>
  new Command('enqueue')
    .description('Hand in a job, or the jobs of a file')
    .argument('<queue>', 'name of the queue')
    .argument('[data]', "the job's data as JSON, or - to read it from standard input")
    .option('--id <id>', 'the same id again is a duplicate, not a second job')
    .option('--priority <0-9>', '9 comes first', parseWholeNumber)
    .option('--delay-ms <ms>', 'ready only after so long', parseWholeNumber)
    .option('--max-attempts <n>', 'failed attempts that make a dead letter', parseWholeNumber)
    .option('--ndjson <file>', 'one job a line, as {"data": ..., "id"?: ...}; - for standard input')
    .option('--wait', 'wait for the outcome and print the result')
    .option('--timeout-ms <ms>', 'how long to wait', parseWholeNumber, 30_000)
    .option('--json', 'print the whole answer as JSON')
    .addHelpText('after', examples)
    .action(async (queue: string, data: string | undefined, options: EnqueueOptions) => {
      const { enqueue } = await import('./enqueue-jobs.js');
      await enqueue(queue, data, options);
    });

const examples = `
The gateway is that of MOORLINE_URL, its token in MOORLINE_TOKEN or the file MOORLINE_TOKEN_FILE.

Examples:
  moorline enqueue mail '{"to": "you@example.com"}' --id mail-1
  moorline enqueue checksum '{"path": "/etc/hosts"}' --wait
  moorline enqueue mail --ndjson jobs.ndjson`;
