import { V1Pod, V1Service, V1ServiceSpec, type V1PodTemplateSpec } from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { environmentOf } from '../../../app/commands/port-forward/environment.js';
import { planOf, type ReleaseObjects } from '../../../app/commands/port-forward/plan.js';
import { loadConfig } from '../../../app/config/index.js';
import { parseValues, renderManifests, type KubernetesObject } from '../../../cdk8s/render.js';

interface Workload extends KubernetesObject {
  readonly spec: { readonly template: V1PodTemplateSpec };
}

/** What a cluster would have of the bundle: each Service with an address, a pod of each workload. */
function release(values: object): ReleaseObjects {
  const objects = renderManifests(parseValues(values), { name: 'team', namespace: 'messaging' });
  const services = objects.filter((object): object is KubernetesObject & V1Service => object.kind === 'Service');
  const workloads = objects.filter((object): object is Workload => ['Deployment', 'StatefulSet'].includes(object.kind));
  return {
    services: services.map(({ metadata, spec }, at) => {
      const clusterIP = spec?.clusterIP ?? `10.92.0.${at}`;
      return Object.assign(new V1Service(), {
        metadata,
        spec: Object.assign(new V1ServiceSpec(), spec, { clusterIP }),
      });
    }),
    pods: workloads.map(({ spec: { template } }) => Object.assign(new V1Pod(), template)),
  };
}

const variables = (values: object): Readonly<Record<string, string>> => {
  const plan = planOf(release(values), 'team');
  const forwarded = plan.targets.map((target, at) => ({ target, localPort: 5000 + at }));
  return environmentOf(plan, forwarded, {});
};

describe('what is forwarded of a release', () => {
  test('with Sentinels: each pod of Redis and Sentinel, and the gateway', () => {
    const { targets, redis, secretName } = planOf(release({}), 'team');
    expect(targets.map(({ name, pod, port }) => [name, pod, port])).toEqual([
      ['team-moorline-gateway', undefined, 8080],
      ...[0, 1, 2].map((n) => [`team-moorline-redis-${n}`, `team-moorline-redis-${n}`, 6379]),
      ...[0, 1, 2].map((n) => [`team-moorline-sentinel-${n}`, `team-moorline-sentinel-${n}`, 26379]),
    ]);
    expect([redis, secretName]).toEqual([{ primaryName: 'messaging-team-moorline' }, 'team-moorline-auth']);
  });

  test('in standalone mode: the one Redis and the gateway', () => {
    expect(variables({ mode: 'standalone' })).toEqual({
      MOORLINE_URL: 'http://127.0.0.1:5000',
      REDIS_URI: 'redis://127.0.0.1:5001',
    });
  });

  test('with an external Redis: the gateway alone', () => {
    const external = { mode: 'external', external: { uri: 'redis://elsewhere:6379' } };
    expect(variables(external)).toEqual({ MOORLINE_URL: 'http://127.0.0.1:5000' });
    expect(planOf(release(external), 'team').secretName).toBe('team-moorline-auth');
  });

  test('the Secret may be one that a user made', () => {
    const values = { mode: 'standalone', auth: { existingSecret: 'passwords' } };
    expect(planOf(release(values), 'team').secretName).toBe('passwords');
  });

  test('the announced addresses lead to the forwarded ports', () => {
    const env = variables({});
    const { redis } = loadConfig(env, 'worker');
    expect(env['REDIS_URI']).toBe(
      'redis+sentinel://127.0.0.1:5004,127.0.0.1:5005,127.0.0.1:5006/messaging-team-moorline',
    );
    expect(redis.addressMap?.map(({ announced, reachable }) => [announced.port, reachable])).toEqual([
      [6379, { host: '127.0.0.1', port: 5001 }],
      [6379, { host: '127.0.0.1', port: 5002 }],
      [6379, { host: '127.0.0.1', port: 5003 }],
    ]);
  });

  test('a release that is not there is missed by its gateway', () => {
    expect(() => planOf({ services: [], pods: [] }, 'team')).toThrow('No release "team" is here');
  });
});
