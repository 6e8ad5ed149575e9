import { Command } from 'commander';

export interface Options {
  readonly release: string;
  readonly namespace?: string;
  readonly context?: string;
}

export const portForwardCommand = (): Command =>
  new Command('port-forward')
    .description('Make a release in Kubernetes reachable from this machine: gateway, Redis and Sentinels')
    .argument('[command...]', 'what to run meanwhile; without it, what is forwarded is printed and stays until Ctrl-C')
    .option('--release <name>', 'name of the release', 'moorline')
    .option('-n, --namespace <namespace>', 'its namespace (default: that of the context)')
    .option('--context <context>', 'context of the kubeconfig (default: the current one)')
    // What follows the command is its own.
    .passThroughOptions()
    .addHelpText(
      'after',
      `
The command finds gateway and Redis in its environment: MOORLINE_URL, REDIS_URI, REDIS_ADDRESS_MAP and files with the passwords.

Examples:
  moorline port-forward -n messaging -- moorline queue list
  moorline port-forward -- moorline worker --handlers ./handlers.mjs`,
    )
    .action(async (command: string[], options: Options) => (await import('./run.js')).portForward(command, options));
