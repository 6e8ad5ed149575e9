import { Command } from 'commander';

const allKeys = 'redis-password,sentinel-password,gateway-token';

interface Options {
  readonly name: string;
  readonly namespace: string;
  readonly keys: string;
  readonly writeTo?: string;
}

export const secretsCommand = (): Command =>
  new Command('secrets')
    .description(
      'Fill the missing keys of a Secret of this cluster with random values; keys that exist stay as they are',
    )
    .requiredOption('--name <secret>', 'the Secret; it must exist')
    .requiredOption('--namespace <namespace>', 'its namespace')
    .option('--keys <keys>', 'which keys, separated by commas', allKeys)
    .option('--write-to <directory>', 'also write each of these keys to a file of its name')
    .addHelpText('after', '\nExample, inside a pod:\n  moorline secrets --name my-release --namespace default')
    .action(async ({ name, namespace, keys: list, writeTo }: Options) => {
      const { fillSecret } = await import('./fill-secret.js');
      const { clusterSecrets } = await import('./cluster-secrets.js');
      const keys = list.split(',');
      const secrets = clusterSecrets(namespace);
      const filled = await fillSecret(secrets, name, keys);
      process.stdout.write(filled.length === 0 ? 'nothing was missing\n' : `filled: ${filled.join(', ')}\n`);
      if (writeTo === undefined) return;
      const { writeFiles } = await import('./write-files.js');
      await writeFiles(writeTo, await secrets.read(name), keys);
    });
