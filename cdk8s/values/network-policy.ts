import { z } from 'zod';
import { port, selector } from './fields.js';

const labelSelector = z.strictObject({ matchLabels: selector });
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const block4 = `(${octet}[.]){3}${octet}/(3[0-2]|[12]?[0-9])`;
const block6 = '(::|([0-9a-f]{1,4}:){1,6}(:|:[0-9a-f]{1,4}))/(12[0-8]|1[01][0-9]|[1-9]?[0-9])';
const cidr = z.string().regex(new RegExp(`^(${block4}|${block6})$`));

/** Who stands at the other end, as the API writes it: pods by labels, here or in namespaces by labels, or addresses. */
const peer = z.union([
  z.strictObject({ namespaceSelector: labelSelector, podSelector: labelSelector.optional() }),
  z.strictObject({ podSelector: labelSelector }),
  z.strictObject({ ipBlock: z.strictObject({ cidr }) }),
]);
const rulePort = z.strictObject({ protocol: z.enum(['TCP', 'UDP']).optional(), port });
const egressRule = z.strictObject({
  to: z.array(peer).min(1).optional(),
  ports: z.array(rulePort).min(1).optional(),
});
const peers = (defaults: z.input<typeof peer>[]) => z.array(peer).default(defaults);
const ports = (defaults: number[]) => z.array(port).min(1).default(defaults);

export const networkPolicy = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Who may talk to whom: nothing but what each pod needs. Peers are written as in a NetworkPolicy.'),
    gateway: z
      .strictObject({ from: peers([]).describe('Who may call the gateway; empty for everybody.') })
      .prefault({}),
    redis: z
      .strictObject({
        from: peers([]).describe(
          'Who else may reach Redis and Sentinel, beside pods of this namespace with the label `moorline-client: <full name of the release>`.',
        ),
      })
      .prefault({}),
    metrics: z
      .strictObject({
        from: peers([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }]).describe(
          'Who may scrape the metrics of all pods; empty for nobody.',
        ),
      })
      .prefault({}),
    worker: z
      .strictObject({
        egress: z
          .array(egressRule)
          .default([])
          .describe(
            'Where handlers and pushes lead, as egress rules; `[{}]` for everywhere. Empty: workers reach Redis and DNS only.',
          ),
      })
      .prefault({}),
    external: z
      .strictObject({
        to: peers([]).describe('Where the Redis of `mode: external` is; empty for everywhere.'),
        ports: ports([6379, 26379]).describe('Its ports, and those of its Sentinels.'),
      })
      .prefault({}),
    dns: z
      .strictObject({
        to: peers([
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ]).describe('The DNS of the cluster; empty for everywhere.'),
        ports: ports([53]).describe('Ports of its pods.'),
      })
      .prefault({}),
    kubernetesApi: z
      .strictObject({
        to: peers([]).describe('Where the API server is, which is no pod; empty for everywhere.'),
        ports: ports([443, 6443]).describe('Its ports: that of its Service and that of its process.'),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('NetworkPolicies of the pods.');
