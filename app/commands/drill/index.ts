import { Command } from 'commander';
import { parseWholeNumber } from '../options.js';
import { printJson } from '../print.js';

interface Options {
  readonly statefulSet: string;
  readonly nodes: number;
  readonly namespace?: string;
  readonly queue: string;
  readonly timeoutMs: number;
  readonly json?: true;
}

export const drillCommand = (): Command =>
  new Command('drill')
    .description('Move the primary to another node while jobs are handed in, and count what became of each of them')
    .requiredOption('--stateful-set <name>', 'of the data nodes, for example moorline-redis')
    .option('--nodes <n>', 'how many data nodes there are', parseWholeNumber, 3)
    .option('--namespace <namespace>', 'of the release; that of the context by default')
    .option('--queue <name>', 'where the jobs go; no worker may take them', 'moorline-drill')
    .option('--timeout-ms <ms>', 'how long each step may take', parseWholeNumber, 120_000)
    .option('--json', 'print JSON on one line')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { KubeConfig } = await import('@kubernetes/client-node');
      const config = new KubeConfig();
      config.loadFromDefault();
      const context = config.getContextObject(config.getCurrentContext());
      const namespace = options.namespace ?? context?.namespace ?? 'default';
      const [{ clusterNodes }, { Api }, { drill, judge }] = await Promise.all([
        import('./cluster-nodes.js'),
        import('../api.js'),
        import('./drill.js'),
      ]);
      const result = await drill({
        api: new Api(),
        nodes: clusterNodes(config, namespace, options.statefulSet, options.nodes),
        queue: options.queue,
        timeoutMs: options.timeoutMs,
        onStep: (text) => {
          if (options.json !== true) process.stdout.write(`${text}\n`);
        },
      });
      if (options.json === true) printJson(result);
      judge(result);
    });

const help = `
The pod of the primary is deleted: it hands over, and comes back as a replica. Clients should notice no more than a second or two.
The gateway is that of MOORLINE_URL, its token in MOORLINE_TOKEN or the file MOORLINE_TOKEN_FILE; the pods are reached with the rights of the
current context of kubectl, or of the pod that this runs in.

Example:
  moorline drill --stateful-set moorline-redis --namespace default`;
