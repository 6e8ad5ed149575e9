import { Command } from 'commander';

const allKeys = 'redis-password,sentinel-password,gateway-token';

interface Options {
  readonly name: string;
  readonly namespace: string;
  readonly keys: string;
}

export const secretsCommand = (): Command =>
  new Command('secrets')
    .description(
      'Fill the missing keys of a Secret of this cluster with random values; keys that exist stay as they are',
    )
    .requiredOption('--name <secret>', 'the Secret; it must exist')
    .requiredOption('--namespace <namespace>', 'its namespace')
    .option('--keys <keys>', 'which keys, separated by commas', allKeys)
    .addHelpText('after', '\nExample, inside a pod:\n  moorline secrets --name my-release --namespace default')
    .action(async ({ name, namespace, keys }: Options) => {
      const { fillSecret } = await import('./fill-secret.js');
      const { clusterSecrets } = await import('./cluster-secrets.js');
      const filled = await fillSecret(clusterSecrets(namespace), name, keys.split(','));
      process.stdout.write(filled.length === 0 ? 'nothing was missing\n' : `filled: ${filled.join(', ')}\n`);
    });
