import { describe, expect, test } from '@jest/globals';
import { allows, type Connection, type NetworkPolicy, type Pod } from '../../support/network-policy.js';

// What the API reference says of NetworkPolicies, rule by rule.

const pod = (labels: Record<string, string>, namespace = 'here', address = '10.0.0.1'): Pod => ({
  namespace: { name: namespace, labels: { name: namespace } },
  labels,
  address,
  portNames: { web: 80 },
});
const policy = (spec: NetworkPolicy['spec'], namespace = 'here'): NetworkPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'policy', namespace },
  spec,
});
const web = pod({ app: 'web' });
const db = pod({ app: 'db', tier: 'data' });
const call = (change: Partial<Connection> = {}): Connection => ({
  from: web,
  to: db,
  protocol: 'TCP',
  port: 80,
  ...change,
});
const ingress = (rule: object, podSelector: object = {}) =>
  policy({ podSelector, policyTypes: ['Ingress'], ingress: [rule] });
const egress = (rule: object) => policy({ podSelector: {}, policyTypes: ['Egress'], egress: [rule] });
const denied = policy({ podSelector: {}, policyTypes: ['Ingress'] });

describe('a connection', () => {
  test.each<[string, NetworkPolicy[], Connection, boolean]>([
    ['is free where no policy is', [], call(), true],
    ['is denied by a policy without rules', [denied], call(), false],
    ['is free for pods that no policy selects', [ingress({}, { matchLabels: { app: 'other' } })], call(), true],
    [
      'is not touched by policies of another namespace',
      [policy({ podSelector: {}, policyTypes: ['Ingress'] }, 'there')],
      call(),
      true,
    ],
    [
      'is not touched in the direction that is not said',
      [policy({ podSelector: {}, policyTypes: ['Egress'] })],
      call({ from: { address: '1.2.3.4' } }),
      true,
    ],
    ['needs one policy of several', [denied, ingress({})], call(), true],
    [
      'needs both sides',
      [ingress({}), policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] })],
      call(),
      false,
    ],
    ['from everybody where a rule names nobody', [ingress({ from: [] })], call({ from: { address: '1.2.3.4' } }), true],
    ['from a pod by its labels', [ingress({ from: [{ podSelector: { matchLabels: { app: 'web' } } }] })], call(), true],
    [
      'not from a pod by the labels of another',
      [ingress({ from: [{ podSelector: { matchLabels: { app: 'x' } } }] })],
      call(),
      false,
    ],
    [
      'not from such a pod of another namespace',
      [ingress({ from: [{ podSelector: {} }] })],
      call({ from: pod({}, 'there') }),
      false,
    ],
    [
      'from all pods of a namespace',
      [ingress({ from: [{ namespaceSelector: { matchLabels: { name: 'there' } } }] })],
      call({ from: pod({}, 'there') }),
      true,
    ],
    [
      'only from pods that both selectors name',
      [ingress({ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'x' } } }] })],
      call(),
      false,
    ],
    [
      'not from an address by a selector',
      [ingress({ from: [{ namespaceSelector: {} }] })],
      call({ from: { address: '1.2.3.4' } }),
      false,
    ],
    [
      'from an address inside a block',
      [ingress({ from: [{ ipBlock: { cidr: '1.2.0.0/16' } }] })],
      call({ from: { address: '1.2.3.4' } }),
      true,
    ],
    [
      'not from one outside',
      [ingress({ from: [{ ipBlock: { cidr: '1.3.0.0/16' } }] })],
      call({ from: { address: '1.2.3.4' } }),
      false,
    ],
    [
      'not from an exception of the block',
      [ingress({ from: [{ ipBlock: { cidr: '1.2.0.0/16', except: ['1.2.3.0/24'] } }] })],
      call({ from: { address: '1.2.3.4' } }),
      false,
    ],
    [
      'from an IPv6 address',
      [ingress({ from: [{ ipBlock: { cidr: 'fd00::/8' } }] })],
      call({ from: { address: 'fd12::1' } }),
      true,
    ],
    [
      'not from IPv4 by a block of IPv6',
      [ingress({ from: [{ ipBlock: { cidr: '::/0' } }] })],
      call({ from: { address: '1.2.3.4' } }),
      false,
    ],
    ['at a port', [ingress({ ports: [{ port: 80 }] })], call(), true],
    ['not at another', [ingress({ ports: [{ port: 81 }] })], call(), false],
    ['at a port by name', [ingress({ ports: [{ port: 'web' }] })], call(), true],
    [
      'not over another protocol: TCP is the default',
      [ingress({ ports: [{ port: 80 }] })],
      call({ protocol: 'UDP' }),
      false,
    ],
    ['at any port of a protocol', [ingress({ ports: [{ protocol: 'UDP' }] })], call({ protocol: 'UDP' }), true],
    ['out to a port', [egress({ ports: [{ port: 80 }] })], call(), true],
    [
      'not out to a pod that the rule does not name',
      [egress({ to: [{ podSelector: { matchLabels: { app: 'web' } } }] })],
      call(),
      false,
    ],
    [
      'by In',
      [ingress({}, { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] }), denied],
      call(),
      true,
    ],
    [
      'by NotIn, which holds without the label',
      [
        policy({
          podSelector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }] },
          policyTypes: ['Ingress'],
        }),
      ],
      call(),
      false,
    ],
    [
      'by Exists',
      [policy({ podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, policyTypes: ['Ingress'] })],
      call(),
      false,
    ],
    [
      'by DoesNotExist',
      [
        policy({
          podSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
          policyTypes: ['Ingress'],
        }),
      ],
      call(),
      true,
    ],
  ])('%s', (_title, policies, connection, expected) => {
    expect(allows(policies, connection)).toBe(expected);
  });
});
