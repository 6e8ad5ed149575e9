import { Command } from 'commander';
import { parseWholeNumber } from '../../options.js';
import { printJson } from '../../print.js';
import { UsageError } from '../../exit-codes.js';

interface Options {
  readonly name: string;
  readonly namespace?: string;
  readonly key?: readonly string[];
  readonly keepPrevious?: true;
  readonly dryRun?: true;
  readonly timeoutMs: number;
  readonly json?: true;
}

export const rotateCommand = (): Command =>
  new Command('rotate')
    .description(
      'Replace the passwords of Redis and Sentinel while everything runs; run again, it finishes what was begun',
    )
    .requiredOption('--name <secret>', 'the Secret of the passwords, for example moorline-auth')
    .option('--namespace <namespace>', 'its namespace; that of the context by default')
    .option('--key <keys...>', 'which passwords; all by default')
    .option('--keep-previous', 'leave the former passwords valid; the next run ends that')
    .option('--dry-run', 'say what would be done')
    .option('--timeout-ms <ms>', 'how long each step may take', parseWholeNumber, 300_000)
    .option('--json', 'print JSON on one line')
    .addHelpText(
      'after',
      '\nExample, with the rights of the current context of kubectl:\n  moorline secrets rotate --name moorline-auth',
    )
    .action(async (options: Options) => {
      const { KubeConfig } = await import('@kubernetes/client-node');
      const config = new KubeConfig();
      config.loadFromDefault();
      const context = config.getContextObject(config.getCurrentContext());
      const namespace = options.namespace ?? context?.namespace ?? 'default';
      const { clusterSecrets } = await import('../cluster-secrets.js');
      const secrets = clusterSecrets(config, namespace);
      if (options.dryRun === true) {
        await tellPlan(options, await secrets.read(options.name));
        return;
      }
      const { clusterPods } = await import('./cluster-pods.js');
      const { rotate } = await import('./rotate.js');
      const result = await rotate({
        secrets,
        pods: clusterPods(config, namespace),
        secret: options.name,
        keys: options.key ?? [],
        keepPrevious: options.keepPrevious === true,
        timeoutMs: options.timeoutMs,
        onStep: (text) => {
          if (options.json !== true) process.stdout.write(`${text}\n`);
        },
      });
      if (options.json === true) printJson(result);
      else
        process.stdout.write(result.finished ? 'done\n' : 'done; the former passwords are valid until the next run\n');
    });

async function tellPlan(
  options: Options,
  { data }: { readonly data: Readonly<Record<string, string>> },
): Promise<void> {
  const { chosenKeys, progressOf } = await import('./plan.js');
  const { offered, switched } = progressOf(data);
  const { keys, problem } = chosenKeys(data, options.key ?? []);
  if (problem !== undefined) throw new UsageError(problem);
  const resumed = offered.length + switched.length > 0;
  const plan = { wouldFinish: [...offered, ...switched], wouldReplace: resumed ? [] : keys };
  if (options.json === true) printJson(plan);
  else {
    const text = resumed ? `would finish: ${plan.wouldFinish.join(', ')}` : `would replace: ${keys.join(', ')}`;
    process.stdout.write(`${text}\n`);
  }
}
