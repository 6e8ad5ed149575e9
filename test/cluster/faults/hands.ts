import type { TestRelease } from '../support/release.js';
import { apply, command, kubectl } from '../support/tools.js';

const name = 'hands';

/** A privileged pod on every node, from which the processes of other pods can be reached: a process with the id 1 takes no SIGKILL from its own container. */
export class Hands {
  constructor(
    private readonly namespace: string,
    private readonly image: string,
  ) {}

  async start(): Promise<void> {
    await kubectl('create', 'namespace', this.namespace);
    await kubectl('label', 'namespace', this.namespace, 'pod-security.kubernetes.io/enforce=privileged');
    await apply(this.namespace, daemonSet(this.image));
    await kubectl('-n', this.namespace, 'rollout', 'status', `daemonset/${name}`, '--timeout=120s');
  }

  async stop(): Promise<void> {
    await kubectl('delete', 'namespace', this.namespace, '--ignore-not-found', '--wait=true', '--timeout=120s');
  }

  /** Sends a signal to every process of the pods' containers, of all pods of a node at the same moment. */
  async signal(release: TestRelease, pods: readonly string[], signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    const byNode = new Map<string, string[]>();
    for (const pod of pods) {
      const { node, containers } = await placeOf(release, pod);
      byNode.set(node, [...(byNode.get(node) ?? []), ...containers]);
    }
    await Promise.all([...byNode].map(([node, containers]) => this.#run(node, signalScript, signal, ...containers)));
  }

  /** Takes away all that a data node has on its volume, also while its processes are stopped: then nothing can be run in its container. */
  async emptyVolume(release: TestRelease, pod: string): Promise<void> {
    const { node, containers } = await placeOf(release, pod);
    await this.#run(node, emptyScript, ...containers);
  }

  async #run(node: string, script: string, ...args: string[]): Promise<void> {
    const hand = await this.#handOn(node);
    await command('kubectl', ['-n', this.namespace, 'exec', hand, '--', 'sh', '-c', script, 'sh', ...args]);
  }

  async #handOn(node: string): Promise<string> {
    const pods = await kubectl(
      ...['-n', this.namespace, 'get', 'pods', '-l', `app=${name}`, '--field-selector', `spec.nodeName=${node}`],
      ...['-o', 'jsonpath={.items[0].metadata.name}'],
    );
    if (pods === '') throw new Error(`expected a hand on node ${node}, found none`);
    return pods;
  }
}

/** Every process whose control group has the id of the container in its name. */
const signalScript = `
signal=$1; shift; processes=
for container in "$@"; do
  processes="$processes $(grep -ls "$container" /proc/[0-9]*/cgroup | cut -d / -f 3)"
done
reached=
# Probes come and go meanwhile.
for process in $processes; do ! kill -s "$signal" "$process" 2>/dev/null || reached=yes; done
[ -n "$reached" ] || { echo "expected a process of $*, found none" >&2; exit 1; }`;

/** By the file system that a process of the container sees. */
const emptyScript = `
set -eu
for process in $(grep -ls "$1" /proc/[0-9]*/cgroup | cut -d / -f 3); do
  data=$(tr '\\0' '\\n' <"/proc/$process/environ" | sed -n 's/^DATA_DIR=//p')
  [ -z "$data" ] || { rm -rf "/proc/$process/root$data"/*; exit; }
done
echo "expected a process of $1 that knows its data directory, found none" >&2
exit 1`;

async function placeOf(
  release: TestRelease,
  pod: string,
): Promise<{ readonly node: string; readonly containers: string[] }> {
  const path = 'jsonpath={.spec.nodeName}{range .status.containerStatuses[*]} {.containerID}{end}';
  const [node = '', ...ids] = (await release.kubectl('get', pod, '-o', path)).split(' ');
  // containerd://0123...
  return { node, containers: ids.map((id) => id.replace(/^.*\//, '')) };
}

const daemonSet = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        hostPID: true,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['sleep', 'infinity'],
            securityContext: { privileged: true, runAsUser: 0 },
          },
        ],
      },
    },
  },
});
