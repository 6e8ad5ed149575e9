import type {
  V1NetworkPolicy as ModelledPolicy,
  V1NetworkPolicyEgressRule as EgressRule,
  V1NetworkPolicyPeer as Peer,
  V1NetworkPolicyPort as Port,
  V1NetworkPolicySpec as ModelledSpec,
} from '@kubernetes/client-node';
import {
  and,
  each,
  includeWhen,
  Manifest,
  not,
  spread,
  type TemplateChart,
  type Templated,
  verbatim,
  when,
  type Expr,
  type ListItem,
} from '../template/index.js';
import { hasAgent, hasDrill, isExternalMode, isSentinelMode, v } from './inputs.js';
import {
  clientLabel,
  componentLabel,
  fullname,
  metadataOf,
  nameOf,
  ports,
  releaseSelector,
  selectorOf,
  type Component,
} from './names.js';
import { isFilled } from './secrets.js';

/** As the API has it: the client's model calls the field `_from`. */
interface IngressRule {
  readonly from?: Peer[];
  readonly ports?: Port[];
}
type NetworkPolicy = Omit<ModelledPolicy, 'spec'> & {
  spec?: Omit<ModelledSpec, 'ingress'> & { ingress?: IngressRule[] };
};

const policy = v.networkPolicy;
const isBundled = not(isExternalMode);

/** Nothing but what each pod needs. What is not said here is denied by the policy that selects all pods of the release. */
export function addNetworkPolicies(chart: TemplateChart): void {
  includeWhen(denyAllButDns(chart), policy.enabled);
  for (const { component, condition, ingress, egress } of needs) {
    const manifest = componentPolicy(chart, component, ingress, egress);
    includeWhen(manifest, condition === undefined ? policy.enabled : and(policy.enabled, condition));
  }
}

interface Needs {
  readonly component: Component;
  readonly condition?: Expr;
  readonly ingress: readonly ListItem<IngressRule>[];
  readonly egress: readonly ListItem<EgressRule>[];
}

const tcp = (port: number) => ({ protocol: 'TCP', port });
const tcpEach = (list: Expr<readonly number[]>) =>
  each<number, Port>(list, (port) => ({ protocol: 'TCP', port }), 'port');
const podsOf = (component: Component): Templated<Peer> => ({
  podSelector: { matchLabels: selectorOf(component) },
});
const podsOfAny = (...components: readonly Component[]): Templated<Peer> => ({
  podSelector: {
    matchLabels: releaseSelector,
    matchExpressions: [{ key: componentLabel, operator: 'In', values: components }],
  },
});
/** Peers that a user gives. A rule with none of them would hold for everybody. */
const given = (peers: Expr<readonly unknown[]>) => spread(verbatim<Peer[]>(peers));

/** Who uses Redis: the pods of the release, those that carry its client label, and whom the values name. */
const redisClients: readonly ListItem<Peer>[] = [
  podsOfAny('redis', 'sentinel', 'gateway', 'worker', 'agent'),
  { podSelector: { matchLabels: { [clientLabel]: fullname } } },
  given(policy.redis.from),
];

const redisRule: Templated<EgressRule> = { to: [podsOf('redis')], ports: [tcp(ports.redis)] };
const sentinelRule: Templated<EgressRule> = { to: [podsOf('sentinel')], ports: [tcp(ports.sentinel)] };
const toRedis = when<EgressRule>(isBundled, redisRule);
const toSentinel = when<EgressRule>(isSentinelMode, sentinelRule);
const toExternalRedis = when<EgressRule>(isExternalMode, {
  to: [given(policy.external.to)],
  ports: [tcpEach(policy.external.ports)],
});
const toKubernetesApi: Templated<EgressRule> = {
  to: [given(policy.kubernetesApi.to)],
  ports: [tcpEach(policy.kubernetesApi.ports)],
};
const fromScrapers = when<IngressRule>(policy.metrics.from, {
  from: [given(policy.metrics.from)],
  ports: [tcp(ports.app)],
});

const needs: readonly Needs[] = [
  {
    component: 'redis',
    condition: isBundled,
    ingress: [{ from: redisClients, ports: [tcp(ports.redis)] }],
    egress: [redisRule, toSentinel],
  },
  {
    component: 'sentinel',
    condition: isSentinelMode,
    ingress: [{ from: redisClients, ports: [tcp(ports.sentinel)] }],
    egress: [redisRule, sentinelRule],
  },
  {
    component: 'gateway',
    ingress: [
      when<IngressRule>(
        policy.gateway.from,
        { from: [podsOf('test'), given(policy.gateway.from)], ports: [tcp(ports.app)] },
        { ports: [tcp(ports.app)] },
      ),
      fromScrapers,
    ],
    // Its init container fills the release's Secret.
    egress: [toRedis, toSentinel, toExternalRedis, when<EgressRule>(isFilled, toKubernetesApi)],
  },
  {
    component: 'worker',
    ingress: [fromScrapers],
    egress: [toRedis, toSentinel, toExternalRedis, spread(verbatim<EgressRule[]>(policy.worker.egress))],
  },
  {
    component: 'agent',
    condition: hasAgent,
    ingress: [fromScrapers],
    egress: [redisRule, sentinelRule, toKubernetesApi],
  },
  {
    component: 'test',
    ingress: [],
    egress: [{ to: [podsOf('gateway')], ports: [tcp(ports.app)] }, when<EgressRule>(hasDrill, toKubernetesApi)],
  },
];

/** Selects every pod of the release, so that what no other policy allows is denied, to pods of components to come as well. */
const denyAllButDns = (chart: TemplateChart) =>
  new Manifest<NetworkPolicy>(chart, 'networkpolicy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(fullname),
    spec: {
      podSelector: { matchLabels: releaseSelector },
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          to: [given(policy.dns.to)],
          ports: [
            each<number, Port>(policy.dns.ports, (port) => ({ protocol: 'UDP', port }), 'port'),
            tcpEach(policy.dns.ports),
          ],
        },
      ],
    },
  });

const componentPolicy = (
  chart: TemplateChart,
  component: Component,
  ingress: Needs['ingress'],
  egress: Needs['egress'],
) =>
  new Manifest<NetworkPolicy>(chart, `${component}-networkpolicy`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(nameOf(component), component),
    spec: {
      podSelector: { matchLabels: selectorOf(component) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    },
  });
