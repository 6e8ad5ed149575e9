import { Command, InvalidArgumentError } from 'commander';
import { parseWanted, type WantedCertificate } from '../../certificates/fill-certificates.js';
import { UsageError } from '../exit-codes.js';
import { parseWholeNumber } from '../options.js';

import { rotateCommand } from './rotate/index.js';

export const secretsCommand = (): Command =>
  new Command('secrets')
    .description('Make the passwords and certificates of a release in its cluster, and replace them')
    .addCommand(fillCommand())
    .addCommand(waitCommand())
    .addCommand(rotateCommand());

interface FillOptions {
  readonly namespace: string;
  readonly name?: string;
  readonly keys?: readonly string[];
  readonly authority?: string;
  readonly certificate: readonly WantedCertificate[];
}

const fillCommand = (): Command =>
  new Command('fill')
    .description(
      'Fill what Secrets lack: random passwords, and certificates, also those that end soon; what exists stays',
    )
    .requiredOption('--namespace <namespace>', 'where the Secrets are; they must exist')
    .option('--name <secret>', 'the Secret of passwords')
    .option('--keys <keys>', 'its keys, separated by commas; more than once', listed)
    .option('--authority <secret>', 'the Secret of the authority that signs the certificates')
    .option('--certificate <secret=names>', 'a Secret of a certificate, and its DNS names; more than once', wanted, [])
    .addHelpText(
      'after',
      '\nExample, inside a pod:\n  moorline secrets fill --namespace default --name moorline-auth --keys redis-password',
    )
    .action(async ({ namespace, name, keys, authority, certificate }: FillOptions) => {
      if ((name === undefined) !== (keys === undefined)) throw new UsageError('Expected --name together with --keys');
      if ((authority === undefined) !== (certificate.length === 0)) {
        throw new UsageError('Expected --authority together with --certificate');
      }
      const { fillSecret } = await import('./fill-secret.js');
      const { fillCertificates } = await import('../../certificates/fill-certificates.js');
      const { clusterSecrets, ownCluster } = await import('./cluster-secrets.js');
      const secrets = clusterSecrets(ownCluster(), namespace);
      const filled = [
        ...(name === undefined || keys === undefined ? [] : await fillSecret(secrets, name, keys)),
        ...(authority === undefined ? [] : await fillCertificates(secrets, authority, certificate)),
      ];
      process.stdout.write(filled.length === 0 ? 'nothing was missing\n' : `filled: ${filled.join(', ')}\n`);
    });

const waitCommand = (): Command =>
  new Command('wait')
    .description('Wait until files are there and hold something')
    .argument('<files...>', 'the files')
    .option('--timeout-ms <ms>', 'how long', parseWholeNumber, 5_000)
    .action(async (files: readonly string[], { timeoutMs }: { readonly timeoutMs: number }) => {
      const { waitForFiles } = await import('./wait-for-files.js');
      await waitForFiles(files, timeoutMs);
    });

const listed = (text: string, before: readonly string[] = []): readonly string[] => [...before, ...text.split(',')];

function wanted(text: string, before: readonly WantedCertificate[]): readonly WantedCertificate[] {
  const certificate = parseWanted(text);
  if (certificate === undefined) throw new InvalidArgumentError('Expected secret=name,name.');
  return [...before, certificate];
}
