import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentVersion, type TestRelease } from '../support/release.js';
import { apply, eventually } from '../support/tools.js';
import { ledgerOf, notRun, type Ledger } from './ledger.js';
import { journalDir, loadManifests, loadName } from './manifests.js';
import type { Event } from './pod/events.js';

const startMs = 120_000;
const recoverMs = 120_000;
const endMs = 120_000;
/** So many answers, and a client is at work. */
const answersOfAStart = 5;

interface LoadPod {
  readonly pod: string;
  readonly node: string;
  /** How much of its journal is here. */
  bytes: number;
  readonly events: Event[];
}

/** Applications at work in the cluster, on every node: they hand jobs in, claim, and have jobs pushed to them. */
export class Load {
  /** Nodes whose clients cannot be served. */
  readonly victims = new Set<string>();
  #pods: LoadPod[] = [];

  constructor(private readonly release: TestRelease) {}

  /** Returns when every client is served. */
  async start(): Promise<void> {
    const { release } = this;
    await apply(
      release.namespace,
      ...loadManifests({
        image: currentVersion.image,
        gatewayUrl: await gatewayUrl(release),
        gatewayName: `${release.fullname}-gateway`,
        secret: `${release.fullname}-auth`,
      }),
    );
    await release.kubectl('rollout', 'status', `daemonset/${loadName}`, '--timeout=120s');
    const list = await release.kubectl('get', 'pods', '-l', `app=${loadName}`, '-o', 'json');
    const { items } = JSON.parse(list) as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
    this.#pods = items.map(({ metadata, spec }) => ({ pod: metadata.name, node: spec.nodeName, bytes: 0, events: [] }));
    await eventually('every client served', startMs, () =>
      this.#everyClient((answersMs) => answersMs.length >= answersOfAStart),
    );
  }

  /** Waits until every client was served once more, from now on. */
  async recovered(): Promise<void> {
    await this.#read();
    const before = new Map(this.#answersMs());
    await eventually('every client served again', recoverMs, () =>
      this.#everyClient((answersMs, client) => answersMs.length > (before.get(client)?.length ?? 0)),
    );
  }

  /** No more jobs are handed in; what was is acknowledged and, if all is well, has run when this returns. */
  async finish(): Promise<Ledger> {
    await Promise.all(this.#pods.map(({ pod }) => this.release.exec(pod, 'touch', `${journalDir}/stop`)));
    await eventually('every producer at its end', endMs, async () => {
      await this.#read();
      return this.#pods.every(({ events }) => events.some(({ type }) => type === 'stopped')) ? true : undefined;
    });
    const whole = async (): Promise<true | undefined> => {
      await this.#read();
      return notRun(this.#ledger()).length === 0 ? true : undefined;
    };
    // What has not run by then is for the judge.
    await eventually('every job run', endMs, whole).catch(() => undefined);
    return this.#ledger();
  }

  /** All that the clients have seen until now, a file a node. */
  async writeJournals(directory: string): Promise<void> {
    for (const { node, events } of this.#pods) {
      await writeFile(join(directory, `${node}.journal`), events.map((event) => JSON.stringify(event)).join('\n'));
    }
  }

  async remove(): Promise<void> {
    const objects = ['daemonset', 'service', 'configmap'].map((kind) => `${kind}/${loadName}`);
    await this.release.kubectl(
      'delete',
      ...objects,
      '--ignore-not-found',
      '--wait',
      '--timeout=60s',
      '--cascade=foreground',
    );
  }

  #ledger(): Ledger {
    return ledgerOf(this.#pods, this.victims);
  }

  async #everyClient(isFine: (answersMs: readonly number[], client: string) => boolean): Promise<true | undefined> {
    await this.#read();
    const clients = this.#answersMs();
    return clients.length > 0 && clients.every(([client, answersMs]) => isFine(answersMs, client)) ? true : undefined;
  }

  /** Client -> when it was served. */
  #answersMs(): readonly (readonly [string, readonly number[]])[] {
    const served = this.#pods.flatMap(({ events }) =>
      events.filter((event) => event.type === 'acknowledged' || event.type === 'answered'),
    );
    const clients = this.#pods.flatMap(({ node }) => clientsOf(node));
    return clients.map((name) => [name, served.filter(({ client }) => client === name).map(({ atMs }) => atMs)]);
  }

  /** What is new in the journals. */
  async #read(): Promise<void> {
    await Promise.all(
      this.#pods.map(async (load) => {
        const text = await this.release.exec(load.pod, 'tail', '-c', `+${load.bytes + 1}`, `${journalDir}/journal`);
        // A line that is being written is left for the next time.
        const lines = text.slice(0, text.lastIndexOf('\n') + 1);
        load.bytes += Buffer.byteLength(lines);
        load.events.push(...lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Event])));
      }),
    );
  }
}

const clientsOf = (node: string): string[] => ['consumer', 'producer 0', 'producer 1'].map((name) => `${node} ${name}`);

/** By its address: what is measured is the release, not the DNS of the cluster. */
async function gatewayUrl(release: TestRelease): Promise<string> {
  const path = 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}';
  const scheme = (await release.authority()) === undefined ? 'http' : 'https';
  return `${scheme}://${await release.kubectl('get', 'service', `${release.fullname}-gateway`, '-o', path)}`;
}
