import { Command } from 'commander';
import type { Output } from './list-workers.js';

export const workersCommand = (): Command =>
  new Command('workers')
    .description('The worker processes that run now')
    .option('--json', 'print JSON')
    .action(async (options: Output) => (await import('./list-workers.js')).listWorkers(options));
