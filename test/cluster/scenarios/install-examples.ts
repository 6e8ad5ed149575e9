import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pushSettings } from '../load/manifests.js';
import type { Stage } from '../stage.js';
import type { TestRelease } from '../support/release.js';
import type { Scenario } from './scenario.js';

const directory = fileURLToPath(new URL('../../../../examples/values/', import.meta.url));

/** What an example takes for granted and a small cluster does not have. */
interface Surroundings {
  readonly settings?: readonly string[];
  readonly prepare?: (release: TestRelease, stage: Stage) => Promise<readonly string[]>;
}

const smallPods = ['redis', 'gateway', 'worker'].map((section) => `${section}.resourcesPreset=small`);
const smallVolumes = ['redis.persistence.size=1Gi', 'redis.persistence.storageClass='];

const surroundings: Readonly<Record<string, Surroundings>> = {
  external: { prepare: useRedisOfAnother },
  'large-jobs': {
    settings: [...smallPods, ...smallVolumes, 'worker.resources.requests=null', 'worker.resources.limits=null'],
  },
  production: {
    settings: [...smallPods, ...smallVolumes, 'worker.handlers.module='],
    prepare: async (release) => {
      const users = ['app', 'replication', 'exporter'].map((user) => `redis-${user}-password`);
      const keys = ['redis-password', 'sentinel-password', 'gateway-token', ...users];
      const literals = keys.map((key) => `--from-literal=${key}=${crypto.randomUUID()}`);
      await release.kubectl('create', 'secret', 'generic', 'moorline-passwords', ...literals);
      return [];
    },
  },
  'two-zones': {
    prepare: async (release) => {
      const path = 'jsonpath={.items[*].metadata.labels.topology\\.kubernetes\\.io/zone}';
      const zones = [...new Set((await release.kubectl('get', 'nodes', '-o', path)).split(' '))].slice(0, 2);
      const term = 'redis.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]';
      return [
        `${term}.matchExpressions[0].key=topology.kubernetes.io/zone`,
        `${term}.matchExpressions[0].operator=In`,
        `${term}.matchExpressions[0].values={${zones.join(',')}}`,
      ];
    },
  },
};

/** One for each file of examples/values. */
export const installExamples: readonly Scenario[] = readdirSync(directory)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => {
    const example = file.replace('.yaml', '');
    return {
      name: `install-${example}`,
      title: `a fresh install of examples/values/${file}`,
      bound: { clientErrors: 0 },
      run: (stage) => install(stage, example),
    };
  });

async function install(stage: Stage, example: string): Promise<void> {
  const { settings = [], prepare } = surroundings[example] ?? {};
  const release = await stage.another();
  const prepared = (await prepare?.(release, stage)) ?? [];
  release.valuesFile = `${directory}${example}.yaml`;
  stage.step('installing');
  const startMs = performance.now();
  await release.install(...settings, ...prepared, ...pushSettings);
  await stage.underLoad(release, () => Promise.resolve(), { healedAfterMs: Math.round(performance.now() - startMs) });
}

/** Another release in the namespace, as the Redis that somebody else runs. */
async function useRedisOfAnother(release: TestRelease, stage: Stage): Promise<readonly string[]> {
  const owner = await stage.another();
  await owner.install('redis.persistence.size=1Gi', 'worker.replicas=0');
  const sentinels = [0, 1, 2].map((n) => `${owner.fullname}-sentinel-${n}.${owner.namespace}:26379`);
  const allowed = `networkPolicy.redis.from[0].namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name=${release.namespace}`;
  await owner.upgrade('redis.persistence.size=1Gi', 'worker.replicas=0', allowed);
  const data = await owner.kubectl('get', 'secret', `${owner.fullname}-auth`, '-o', 'jsonpath={.data}');
  await release.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'team-redis' },
    data: JSON.parse(data) as object,
  });
  return [`external.uri=redis+sentinel://${sentinels.join('\\,')}/${owner.namespace}-${owner.fullname}`];
}
