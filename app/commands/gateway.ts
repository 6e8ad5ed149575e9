import { Command } from 'commander';

export const gatewayCommand = (): Command =>
  new Command('gateway')
    .description('Serve the HTTP API; configured by the environment')
    .addHelpText('after', '\nExample:\n  REDIS_URI=redis://127.0.0.1:6379 moorline gateway')
    .action(async () => {
      const { loadConfig } = await import('../config/index.js');
      const config = loadConfig(process.env, 'gateway');
      const { serve } = await import('./serve.js');
      const { startGateway } = await import('../gateway/gateway.js');
      await serve(config, startGateway);
    });
