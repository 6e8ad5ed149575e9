import { Command } from 'commander';

export const agentCommand = (): Command =>
  new Command('agent')
    .description('Watch over the Redis of a release in Kubernetes; configured by the environment, which the chart sets')
    .action(async () => {
      const { loadConfig } = await import('../config/index.js');
      const config = loadConfig(process.env, 'agent');
      const { serve } = await import('./serve.js');
      const { startAgent } = await import('../agent/start.js');
      await serve(config, startAgent);
    });
