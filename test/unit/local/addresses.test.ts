import { expect, test } from '@jest/globals';
import { addressBook, localizeAddresses } from '../../../cdk8s/local/plan/addresses.js';
import { podsOf } from '../../../cdk8s/local/plan/pods.js';
import { sample } from './sample.js';

const ports = { 'redis-0': { redis: 20001 }, 'redis-1': { redis: 20002 }, 'gateway-0': { http: 20003 } };
const find = addressBook(sample, podsOf(sample), ports);

test.each([
  ['m-redis-0:6379', '127.0.0.1:20001'],
  ['m-redis-0.shop:6379', '127.0.0.1:20001'],
  ['m-redis-1.shop.svc:6379', '127.0.0.1:20002'],
  ['m-redis-1.shop.svc.cluster.local:6379', '127.0.0.1:20002'],
  ['m-redis-1.shop.svc.example.org:6379', '127.0.0.1:20002'],
  ['redis://user@m-redis-0:6379,m-redis-1:6379/0', 'redis://user@127.0.0.1:20001,127.0.0.1:20002/0'],
  ['http://m-gateway/', 'http://m-gateway/'],
  ['http://m-gateway:80/', 'http://127.0.0.1:20003/'],
])('%s is %s on this machine', (text, local) => {
  expect(localizeAddresses(text, find)).toBe(local);
});

test.each([
  ['another namespace', 'm-redis-0.other:6379'],
  ['another port', 'm-redis-0:6380'],
  ['a longer port', 'm-redis-0:63790'],
  ['a host that only ends alike', 'x.m-redis-0:6379'],
  ['a name that only starts alike', 'm-redis-01:6379'],
  ['a stranger', 'example.org:443'],
  ['an image', 'docker.io/library/redis:8.0.2'],
])('%s stays as it is', (_title, text) => {
  expect(localizeAddresses(text, find)).toBe(text);
});
