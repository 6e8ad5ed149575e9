import { Command } from 'commander';

export const workerCommand = (): Command =>
  new Command('worker')
    .description('Claim jobs and run their handlers; configured by the environment')
    .option('--handlers <file>', 'ES module with a handler for each queue (instead of MOORLINE_WORKER_HANDLERS)')
    .addHelpText('after', '\nExample:\n  REDIS_URI=redis://127.0.0.1:6379 moorline worker --handlers ./handlers.mjs')
    .action(async ({ handlers }: { readonly handlers?: string }) => {
      const { loadConfig } = await import('../config/index.js');
      const environment = handlers === undefined ? process.env : { ...process.env, MOORLINE_WORKER_HANDLERS: handlers };
      const config = loadConfig(environment, 'worker');
      const { serve } = await import('./serve.js');
      const { startWorker } = await import('../worker/start.js');
      await serve(config, startWorker);
    });
