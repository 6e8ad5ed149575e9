import { expect, test } from '@jest/globals';
import { environmentOf, expandReferences, type Machine } from '../../../cdk8s/local/plan/environment.js';
import { type Pod, podsOf } from '../../../cdk8s/local/plan/pods.js';
import { bytesOrUnits } from '../../../cdk8s/local/plan/quantity.js';
import { sample } from './sample.js';

const machine: Machine = { nodeName: 'laptop', uidOf: (pod) => `uid-of-${pod.name}` };

test.each([
  ['metadata.name', 'm-redis-1'],
  ['metadata.namespace', 'shop'],
  ['metadata.uid', 'uid-of-redis-1'],
  ['spec.nodeName', 'laptop'],
  ['status.podIP', '127.0.0.1'],
])('the downward API tells %s', (fieldPath, value) => {
  expect(resolve({ valueFrom: { fieldRef: { fieldPath } } })).toBe(value);
});

test.each([
  ['limits.memory', '1', '536870912'],
  ['limits.memory', '1Mi', '512'],
  ['limits.memory', '1G', '1'],
  ['limits.cpu', '1m', '500'],
  ['limits.cpu', undefined, '1'],
])('%s in units of %s is %s', (resource, divisor, value) => {
  expect(resolve({ valueFrom: { resourceFieldRef: { resource, ...(divisor !== undefined && { divisor }) } } })).toBe(
    value,
  );
});

test('a key of a Secret is read', () => {
  expect(resolve({ valueFrom: { secretKeyRef: { name: 'm-auth', key: 'redis-password' } } })).toBe(
    'value-of-redis-password',
  );
});

test('a source that only a cluster has is refused by name', () => {
  expect(() => resolve({ valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } })).toThrow(
    'm-redis-1: the source of VARIABLE is not supported on one machine',
  );
  expect(() => resolve({ valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } })).toThrow(
    'm-redis-1: VARIABLE from metadata.labels is not supported on one machine',
  );
});

test.each([
  ['$(A)-$(B)', '1-2'],
  ['$(UNKNOWN)', '$(UNKNOWN)'],
  ['$$(A)', '$(A)'],
  ['$A', '$A'],
])('%s expands to %s', (text, expanded) => {
  expect(expandReferences(text, { A: '1', B: '2' })).toBe(expanded);
});

test.each([
  ['1', 1],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2G', 2e9],
  ['250m', 0.25],
])('the quantity %s is %d', (quantity, value) => {
  expect(bytesOrUnits(quantity)).toBe(value);
});

test.each(['', 'many', '1Xi', '-1'])('the quantity "%s" is refused', (quantity) => {
  expect(() => bytesOrUnits(quantity)).toThrow('expected a quantity such as 512Mi');
});

function resolve(variable: object): string | undefined {
  const pod = podsOf(sample).find(({ name }) => name === 'redis-1');
  if (pod === undefined) throw new Error('the sample has no redis-1');
  const withVariable: Pod = { ...pod, container: { ...pod.container, env: [{ name: 'VARIABLE', ...variable }] } };
  return environmentOf(withVariable, machine, (key) => `value-of-${key}`)['VARIABLE'];
}
