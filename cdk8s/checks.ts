import {
  and,
  eq,
  ge,
  gt,
  lt,
  matches,
  mod,
  ne,
  not,
  or,
  sub,
  refuse,
  type Expr,
  type Refusal,
} from './template/index.js';
import { hasAgent, hasGeneratedCertificates, isExternalMode, isSentinelMode, v } from './bundle/inputs.js';
import { externalPorts, fullname, unusualPorts } from './bundle/names.js';
import type { Check } from './check.js';
import { upgradeChecks } from './upgrade-checks.js';

/**
 * Combinations of values that are refused, the same by `helm` and by `cdk8s synth`.
 */
export const checks: readonly Check[] = [
  {
    id: 'name-letter',
    check: matches('^[0-9]', fullname),
    message: `the objects would be named ${fullname}-...: the name of a Service begins with a letter`,
    fix: 'set fullnameOverride to a name that does, or give the release another name',
  },
  {
    id: 'eviction-policy',
    check: and(not(isExternalMode), ne(v.redis.maxmemoryPolicy, 'noeviction')),
    message: `redis.maxmemoryPolicy is ${v.redis.maxmemoryPolicy}: Redis would drop jobs silently when memory runs out`,
    fix: 'set it to noeviction',
  },
  memoryLimit('redis', v.redis.resources, not(isExternalMode)),
  memoryLimit('sentinel', v.sentinel.resources, isSentinelMode),
  memoryLimit('gateway', v.gateway.resources),
  memoryLimit('worker', v.worker.resources),
  memoryLimit('agent', v.agent.resources, hasAgent),
  {
    id: 'redis-replicas',
    check: and(isSentinelMode, lt(v.redis.replicas, 2)),
    message: `redis.replicas is ${v.redis.replicas}: without a replica there is nothing to fail over to`,
    fix: 'set it to 3, or set mode to standalone',
  },
  {
    id: 'min-replicas',
    check: and(
      isSentinelMode,
      gt(v.redis.minReplicasToWrite, 0),
      gt(v.redis.minReplicasToWrite, sub(v.redis.replicas, 2)),
    ),
    message: `redis.minReplicasToWrite is ${v.redis.minReplicasToWrite} of ${v.redis.replicas} data nodes: the loss of one node would stop all writes`,
    fix: 'keep it at least 2 below redis.replicas, or set it to 0',
  },
  {
    id: 'sentinel-count',
    check: and(isSentinelMode, or(lt(v.sentinel.replicas, 3), eq(mod(v.sentinel.replicas, 2), 0))),
    message: `sentinel.replicas is ${v.sentinel.replicas}: below 3 no majority survives a loss, and an even number adds a voter that can only tie`,
    fix: 'set it to 3 or 5',
  },
  {
    id: 'sentinel-quorum',
    check: and(isSentinelMode, gt(v.sentinel.quorum, v.sentinel.replicas)),
    message: `sentinel.quorum is ${v.sentinel.quorum}, but there are ${v.sentinel.replicas} Sentinels: no failover could ever start`,
    fix: 'set it to 0, which means a majority',
  },
  {
    id: 'sentinel-down-after',
    check: and(isSentinelMode, lt(v.sentinel.downAfterMs, 3500)),
    message: `sentinel.downAfterMs is ${v.sentinel.downAfterMs}: below 3500 a set in which every node is a replica never heals`,
    fix: 'set it to 4000',
  },
  {
    id: 'sentinel-failover-timeout',
    check: and(isSentinelMode, lt(v.sentinel.failoverTimeoutMs, v.sentinel.downAfterMs)),
    message: `sentinel.failoverTimeoutMs is ${v.sentinel.failoverTimeoutMs}, shorter than sentinel.downAfterMs of ${v.sentinel.downAfterMs}`,
    fix: 'set it to 30000, or 60000 for much data',
  },
  {
    id: 'redis-stop-grace',
    check: and(isSentinelMode, lt(v.redis.terminationGracePeriodSeconds, 40)),
    message: `redis.terminationGracePeriodSeconds is ${v.redis.terminationGracePeriodSeconds}: a primary may need 25 s to hand over, and 10 s to stop`,
    fix: 'set it to 60',
  },
  {
    id: 'force-primary',
    check: and(isSentinelMode, ge(v.redis.bootstrap.forcePrimary, v.redis.replicas)),
    message: `redis.bootstrap.forcePrimary is ${v.redis.bootstrap.forcePrimary}, but the last data node is number ${sub(v.redis.replicas, 1)}`,
    fix: 'name the ordinal of an existing pod, or -1 for nobody',
  },
  {
    id: 'external-uri',
    check: and(isExternalMode, not(v.external.uri)),
    message: 'mode is external, but external.uri is empty: nobody would know which Redis to use',
    fix: 'set external.uri, for example to redis+sentinel://sentinel-0:26379,sentinel-1:26379/primary',
  },
  {
    id: 'external-unused',
    check: and(not(isExternalMode), v.external.uri),
    message: `external.uri is set, but mode is ${v.mode}: the external Redis would not be used`,
    fix: 'set mode to external, or leave external.uri empty',
  },
  {
    id: 'network-external-port',
    check: and(
      isExternalMode,
      v.networkPolicy.enabled,
      matches(':[0-9]+[,/]', unusualPorts),
      eq(externalPorts, '6379 26379'),
    ),
    message: `external.uri names other ports than networkPolicy.external.ports (${externalPorts}): the NetworkPolicies would cut the application off`,
    fix: 'list the ports of that Redis and of its Sentinels in networkPolicy.external.ports',
  },
  {
    id: 'http-route-parents',
    check: and(v.gateway.httpRoute.enabled, not(v.gateway.httpRoute.parentRefs)),
    message: 'gateway.httpRoute.enabled is true, but parentRefs is empty: the route would attach to no Gateway',
    fix: 'name the Gateway, for example --set gateway.httpRoute.parentRefs[0].name=public',
  },
  {
    id: 'network-push',
    check: and(v.networkPolicy.enabled, v.worker.push, not(v.networkPolicy.worker.egress)),
    message: 'worker.push is set, but networkPolicy.worker.egress is empty: no worker could reach these URLs',
    fix: 'name where they lead in networkPolicy.worker.egress, for example [{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"mail"}}}]}], or [{}] for everywhere',
  },
  {
    id: 'tls-agent',
    check: and(hasGeneratedCertificates, not(hasAgent)),
    message:
      'tls.source is generated, but there is no agent that would renew the certificates: it needs mode sentinel and agent.enabled',
    fix: 'set tls.source to certManager or existingSecret, or use the agent',
  },
  {
    id: 'tls-existing-secrets',
    check: and(
      v.tls.enabled,
      eq(v.tls.source, 'existingSecret'),
      or(not(v.tls.existingSecrets.gateway), and(not(isExternalMode), not(v.tls.existingSecrets.redis))),
    ),
    message: 'tls.source is existingSecret, but a Secret is not named: there would be no certificate',
    fix: 'set tls.existingSecrets.redis (unless mode is external) and tls.existingSecrets.gateway',
  },
  {
    id: 'tls-unused-secrets',
    check: and(ne(v.tls.source, 'existingSecret'), or(v.tls.existingSecrets.redis, v.tls.existingSecrets.gateway)),
    message: `tls.existingSecrets is set, but tls.source is ${v.tls.source}: these Secrets would be overwritten`,
    fix: 'set tls.source to existingSecret, or leave both empty',
  },
  {
    id: 'tls-issuer',
    check: and(v.tls.enabled, eq(v.tls.source, 'certManager'), not(v.tls.certManager.issuer)),
    message: 'tls.source is certManager, but tls.certManager.issuer is empty: nobody would sign the certificates',
    fix: 'name an Issuer of this namespace, or a ClusterIssuer together with tls.certManager.issuerKind',
  },
  {
    id: 'worker-handlers',
    check: and(v.worker.handlers.source, v.worker.handlers.module),
    message: 'worker.handlers.source and worker.handlers.module are both set: a worker loads one module',
    fix: 'leave one of them empty',
  },
  {
    id: 'autoscaling-bounds',
    check: and(v.worker.autoscaling.enabled, gt(v.worker.autoscaling.minReplicas, v.worker.autoscaling.maxReplicas)),
    message: `worker.autoscaling.minReplicas is ${v.worker.autoscaling.minReplicas}, more than worker.autoscaling.maxReplicas of ${v.worker.autoscaling.maxReplicas}`,
    fix: 'set the lower number as minReplicas',
  },
];

/** The checks as the rendering engine takes them, by the file of the chart that they are printed in. */
export const refusals = { 'checks.yaml': refusalsOf(checks), 'upgrade-checks.yaml': refusalsOf(upgradeChecks) };

function refusalsOf(all: readonly Check[]): readonly Refusal[] {
  return all.map(({ id, check, message, fix }) => refuse({ id, check, message: `${message}; ${fix}` }));
}

/** Resources written by hand replace the preset, its memory limit included. */
function memoryLimit(component: string, resources: typeof v.redis.resources, applies?: Expr<boolean>): Check {
  const isMissing = and(or(resources.requests, resources.limits), not(resources.limits.memory));
  return {
    id: `${component}-memory-limit`,
    check: applies === undefined ? isMissing : and(applies, isMissing),
    message: `${component}.resources has no limits.memory: the pod could take the node with it, and maxmemory could not be derived`,
    fix: `set ${component}.resources.limits.memory, or leave ${component}.resources empty for a preset`,
  };
}
