import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type KubernetesObject, parseValues, renderManifests } from '../../../cdk8s/render.js';
import { RefusedValues } from '../../../cdk8s/template/index.js';
import { schema, type Values } from '../../../cdk8s/values/index.js';
import { allowedEdges, membersOf, strangersTo } from '../../support/network-cast.js';
import { arbitraryValues, type ValuesSchema } from '../support/arbitrary-values.js';
import { acceptable } from './acceptable.js';

const ports = [6379, 26379, 8080].map((port) => ({ protocol: 'TCP', port }) as const);
const data = ['redis-0', 'redis-1', 'sentinel-0', 'sentinel-1', 'gateway', 'worker', 'agent'];

test('whatever the values, pods reach what they need, and strangers reach Redis only where the values say so', () => {
  fc.assert(
    fc.property(arbitraryValues(schema as ValuesSchema), (random) => {
      const values = parseValues(acceptable(random));
      const objects = rendered(values);
      fc.pre(objects !== undefined);
      const edges = new Set(allowedEdges(objects, membersOf(objects), strangersTo('nobody'), ports));
      for (const needed of neededEdges(values)) expect([...edges]).toContain(needed);
      if (!values.networkPolicy.enabled || values.networkPolicy.redis.from.length > 0) return;
      const uninvited = [...edges].filter(
        (edge) => /-> (redis|sentinel)-/.test(edge) && !data.includes(edge.split(' ')[0] ?? ''),
      );
      expect(uninvited).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

function rendered(values: Values): KubernetesObject[] | undefined {
  try {
    return renderManifests(values, { name: 'one', namespace: 'messaging' });
  } catch (error) {
    if (error instanceof RefusedValues) return undefined;
    throw error;
  }
}

function neededEdges({ mode, agent }: Values): string[] {
  const always = ['test -> gateway:8080'];
  if (mode === 'external') return always;
  const isSentinelMode = mode === 'sentinel';
  const withoutAgent = data.filter((client) => client !== 'agent');
  const clients = isSentinelMode ? (agent.enabled ? data : withoutAgent) : ['redis-0', 'redis-1', 'gateway', 'worker'];
  const servers = isSentinelMode ? ['redis-0:6379', 'sentinel-0:26379'] : ['redis-0:6379'];
  const pairs = servers.flatMap((server) => clients.map((client) => `${client} -> ${server}`));
  return [...always, ...pairs.filter((pair) => !/^(\S+) -> \1:/.test(pair))];
}
