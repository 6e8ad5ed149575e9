import { Command } from 'commander';

export function epochCommand(): Command {
  const epoch = new Command('epoch').description('Say which data of Redis are the right ones, after a loss');
  epoch
    .command('accept')
    .description(
      'Go on with the data that Redis has now. Gateways and workers refuse to serve when the data they worked with are ' +
        'gone, for an empty Redis looks like queues without jobs; jobs that were only in the lost data stay lost',
    )
    .action(async () => (await import('./accept-epoch.js')).acceptEpoch());
  return epoch;
}
