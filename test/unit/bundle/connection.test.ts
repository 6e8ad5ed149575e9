import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, parseValues, renderManifests } from '../../../cdk8s/render.js';

interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

const dataOf = (values: object): ConfigMap['data'] => {
  const objects = renderManifests(parseValues(values), { name: 'one', namespace: 'messaging' });
  const found = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'one-moorline-connection',
  );
  return (found as ConfigMap).data;
};
const uri = 'redis+sentinel://a:26379,b:26379/primary';
const external = { uri, existingSecret: 'theirs', redisPasswordKey: 'password', sentinelPasswordKey: 'sentinel' };

describe('how to reach Redis is told', () => {
  test('under the same keys in every mode', () => {
    const keys = [{}, { mode: 'standalone' }, { mode: 'external', external }].map((values) =>
      Object.keys(dataOf(values)),
    );
    expect(keys[0]).toEqual([
      'REDIS_URI',
      'REDIS_HOST',
      'REDIS_PORT',
      'REDIS_SENTINELS',
      'REDIS_PRIMARY_NAME',
      'REDIS_TLS_SECRET',
      'REDIS_TLS_CA_KEY',
      'REDIS_TLS_SERVERNAME',
      'REDIS_SECRET',
      'REDIS_PASSWORD_KEY',
      'SENTINEL_PASSWORD_KEY',
    ]);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
  });

  test('with Sentinels and the Service of the primary', () => {
    const sentinels = [0, 1, 2].map((n) => `one-moorline-sentinel-${n}.messaging.svc.cluster.local:26379`).join(',');
    expect(dataOf({})).toEqual({
      REDIS_URI: `redis+sentinel://${sentinels}/messaging-one-moorline`,
      REDIS_HOST: 'one-moorline-redis-primary.messaging.svc.cluster.local',
      REDIS_PORT: '6379',
      REDIS_SENTINELS: sentinels,
      REDIS_PRIMARY_NAME: 'messaging-one-moorline',
      REDIS_TLS_SECRET: '',
      REDIS_TLS_CA_KEY: '',
      REDIS_TLS_SERVERNAME: '',
      REDIS_SECRET: 'one-moorline-auth',
      REDIS_PASSWORD_KEY: 'redis-password',
      SENTINEL_PASSWORD_KEY: 'sentinel-password',
    });
  });

  test('without the Service of the primary where no agent leads it', () => {
    expect(dataOf({ agent: { enabled: false } })).toMatchObject({ REDIS_HOST: '', REDIS_PORT: '6379' });
  });

  test('with the authority and the name of the certificates where it speaks TLS', () => {
    expect(dataOf({ tls: { enabled: true } })).toMatchObject({
      REDIS_URI: expect.stringMatching(/^rediss\+sentinel:/),
      REDIS_TLS_SECRET: 'one-moorline-redis-tls',
      REDIS_TLS_CA_KEY: 'ca.crt',
      REDIS_TLS_SERVERNAME: 'one-moorline-redis.messaging.svc.cluster.local',
    });
  });

  test('with one host in standalone mode', () => {
    expect(dataOf({ mode: 'standalone', auth: { existingSecret: 'ours' } })).toMatchObject({
      REDIS_URI: 'redis://one-moorline-redis-0.messaging.svc.cluster.local:6379',
      REDIS_HOST: 'one-moorline-redis-0.messaging.svc.cluster.local',
      REDIS_SENTINELS: '',
      REDIS_SECRET: 'ours',
      SENTINEL_PASSWORD_KEY: '',
    });
  });

  test('with the URI and the Secret of the values in external mode', () => {
    expect(dataOf({ mode: 'external', external })).toMatchObject({
      REDIS_URI: uri,
      REDIS_HOST: '',
      REDIS_SECRET: 'theirs',
      REDIS_PASSWORD_KEY: 'password',
      SENTINEL_PASSWORD_KEY: 'sentinel',
    });
  });
});
