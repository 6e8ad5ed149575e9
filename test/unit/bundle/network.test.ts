import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, parseValues, renderManifests } from '../../../cdk8s/render.js';
import { allowedEdges, membersOf, strangersTo } from '../../support/network-cast.js';

const strangers = strangersTo('one-moorline');
const render = (values: unknown): KubernetesObject[] =>
  renderManifests(parseValues(values), { name: 'one', namespace: 'messaging' });

/** Rows of a table: each of `from` may connect to each of `to` at each of the ports. */
interface Allowed {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly ports: readonly (number | '53/udp')[];
}
const edges = (rows: readonly Allowed[]): string[] => {
  const all = rows.flatMap(({ from, to, ports }) =>
    from.flatMap((sender) => to.flatMap((receiver) => ports.map((port) => `${sender} -> ${receiver}:${port}`))),
  );
  const others = all.filter((name) => {
    const [sender, receiver] = name.split(/ -> |:/);
    return sender !== receiver;
  });
  return [...new Set(others)].sort();
};

const redis = ['redis-0', 'redis-1'];
const sentinel = ['sentinel-0', 'sentinel-1'];
const everybodyElse = Object.keys(strangers);
const members = [...redis, ...sentinel, 'gateway', 'worker', 'agent', 'test', 'unnamed'];

const common: readonly Allowed[] = [
  { from: [...everybodyElse, 'test'], to: ['gateway'], ports: [8080] },
  { from: ['prometheus'], to: ['worker'], ports: [8080] },
];
const dns = (all: readonly string[]): Allowed => ({ from: all, to: ['dns'], ports: [53, '53/udp'] });
const api = (all: readonly string[]): Allowed => ({ from: all, to: everybodyElse, ports: [443, 6443] });
const sentinelMode: readonly Allowed[] = [
  ...common,
  { from: ['prometheus'], to: ['agent'], ports: [8080] },
  { from: [...redis, ...sentinel, 'gateway', 'worker', 'agent', 'client'], to: redis, ports: [6379] },
  { from: [...redis, ...sentinel, 'gateway', 'worker', 'agent', 'client'], to: sentinel, ports: [26379] },
  dns(members),
];

const monitored = (namespace: string) => [
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
];
const withoutSentinel = members.filter((name) => !sentinel.includes(name));
const standalone: readonly Allowed[] = [
  ...common,
  { from: [...redis, 'gateway', 'worker', 'client'], to: redis, ports: [6379] },
  dns(withoutSentinel),
];

describe('exactly these connections are allowed', () => {
  test.each<[string, object, readonly Allowed[]]>([
    ['by default', {}, [...sentinelMode, api(['gateway', 'agent'])]],
    ['with a Secret that nobody has to fill', { auth: { existingSecret: 'ours' } }, [...sentinelMode, api(['agent'])]],
    ['in standalone mode', { mode: 'standalone' }, [...standalone, api(['gateway'])]],
    [
      'in external mode',
      { mode: 'external', external: { uri: 'redis://db:6379' }, auth: { existingSecret: 'ours' } },
      [
        ...common,
        { from: ['gateway', 'worker'], to: everybodyElse, ports: [6379, 26379] },
        dns(withoutSentinel.filter((name) => !redis.includes(name))),
      ],
    ],
    [
      'in external mode, to where that Redis is',
      {
        mode: 'external',
        external: { uri: 'redis://db:7000' },
        auth: { existingSecret: 'ours' },
        networkPolicy: { external: { to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [22] } },
      },
      [
        ...common,
        { from: ['gateway', 'worker'], to: ['internet'], ports: [22] },
        dns(withoutSentinel.filter((name) => !redis.includes(name))),
      ],
    ],
    [
      'for a gateway that only one namespace may call, and metrics that nobody scrapes',
      {
        auth: { existingSecret: 'ours' },
        networkPolicy: { gateway: { from: monitored('shops') }, metrics: { from: [] } },
      },
      [
        ...sentinelMode.filter(({ to }) => to.every((name) => redis.includes(name) || sentinel.includes(name))),
        { from: ['clientElsewhere', 'test'], to: ['gateway'], ports: [8080] },
        dns(members),
        api(['agent']),
      ],
    ],
    [
      'for others who may use Redis, and an API server at a known address',
      {
        networkPolicy: {
          redis: { from: [{ podSelector: { matchLabels: { app: 'shop' } } }] },
          kubernetesApi: { to: [{ ipBlock: { cidr: '10.90.0.0/16' } }], ports: [6443] },
        },
      },
      [
        ...sentinelMode,
        { from: ['neighbour'], to: redis, ports: [6379] },
        { from: ['neighbour'], to: sentinel, ports: [26379] },
        { from: ['gateway', 'agent'], to: ['apiServer'], ports: [6443] },
      ],
    ],
    [
      'for handlers that call others',
      {
        auth: { existingSecret: 'ours' },
        networkPolicy: {
          worker: { egress: [{ to: [{ ipBlock: { cidr: '203.0.113.7/32' } }], ports: [{ port: 443 }] }] },
        },
      },
      [...sentinelMode, api(['agent']), { from: ['worker'], to: ['internet'], ports: [443] }],
    ],
    [
      'for handlers that call anybody',
      { auth: { existingSecret: 'ours' }, networkPolicy: { worker: { egress: [{}] } } },
      [
        ...sentinelMode,
        api(['agent']),
        { from: ['worker'], to: everybodyElse, ports: [6379, 26379, 8080, 443, 6443, 22, 53, '53/udp'] },
        { from: ['worker'], to: ['gateway'], ports: [8080] },
      ],
    ],
  ])('%s', (_when, values, expected) => {
    const objects = render(values);
    expect(allowedEdges(objects, membersOf(objects), strangers).sort()).toEqual(edges(expected));
  });
});

test('without policies everything is allowed', () => {
  const objects = render({ networkPolicy: { enabled: false } });
  expect(allowedEdges(objects, membersOf(objects), strangers)).toContain('internet -> redis-0:22');
  expect(objects.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

test('two releases in one namespace reach nothing of each other but the gateway', () => {
  const one = render({});
  const two = renderManifests(parseValues({}), { name: 'two', namespace: 'messaging' });
  const others = Object.fromEntries(Object.entries(membersOf(two)).map(([name, end]) => [`other-${name}`, end]));
  const between = allowedEdges([...one, ...two], membersOf(one), others);
  expect(between.filter((name) => name.includes('other-'))).toEqual([]);
});
