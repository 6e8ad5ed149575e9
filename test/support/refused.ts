/** For every check of cdk8s/checks.ts, values that it refuses and a part of what it says. */
export const refusedExamples = [
  { id: 'name-letter', values: { fullnameOverride: '1st' }, says: 'the objects would be named 1st-...' },
  {
    id: 'eviction-policy',
    values: { redis: { maxmemoryPolicy: 'allkeys-lru' } },
    says: 'redis.maxmemoryPolicy is allkeys-lru',
  },
  {
    id: 'redis-memory-limit',
    values: { redis: { resources: { limits: { cpu: '1' } } } },
    says: 'redis.resources has no limits.memory',
  },
  {
    id: 'sentinel-memory-limit',
    values: { sentinel: { resources: { requests: { memory: '1Gi' } } } },
    says: 'sentinel.resources',
  },
  {
    id: 'gateway-memory-limit',
    values: { gateway: { resources: { limits: { cpu: '1' } } } },
    says: 'gateway.resources',
  },
  {
    id: 'worker-memory-limit',
    values: { mode: 'standalone', worker: { resources: { limits: { cpu: '1' } } } },
    says: 'worker.resources',
  },
  {
    id: 'agent-memory-limit',
    values: { agent: { resources: { limits: { cpu: '1' } } } },
    says: 'agent.resources',
  },
  { id: 'redis-replicas', values: { redis: { replicas: 1, minReplicasToWrite: 0 } }, says: 'redis.replicas is 1' },
  { id: 'min-replicas', values: { redis: { replicas: 2 } }, says: 'redis.minReplicasToWrite is 1 of 2 data nodes' },
  { id: 'sentinel-count', values: { sentinel: { replicas: 4 } }, says: 'sentinel.replicas is 4' },
  { id: 'sentinel-count', values: { sentinel: { replicas: 1 } }, says: 'sentinel.replicas is 1' },
  {
    id: 'sentinel-quorum',
    values: { sentinel: { quorum: 4 } },
    says: 'sentinel.quorum is 4, but there are 3 Sentinels',
  },
  { id: 'sentinel-down-after', values: { sentinel: { downAfterMs: 1500 } }, says: 'sentinel.downAfterMs is 1500' },
  {
    id: 'redis-stop-grace',
    values: { redis: { terminationGracePeriodSeconds: 30 } },
    says: 'redis.terminationGracePeriodSeconds is 30',
  },
  {
    id: 'sentinel-failover-timeout',
    values: { sentinel: { failoverTimeoutMs: 3000 } },
    says: 'sentinel.failoverTimeoutMs is 3000, shorter than sentinel.downAfterMs of 4000',
  },
  {
    id: 'force-primary',
    values: { redis: { bootstrap: { forcePrimary: 3 } } },
    says: 'redis.bootstrap.forcePrimary is 3, but the last data node is number 2',
  },
  { id: 'external-uri', values: { mode: 'external' }, says: 'external.uri is empty' },
  {
    id: 'external-unused',
    values: { external: { uri: 'redis://redis:6379' } },
    says: 'external.uri is set, but mode is sentinel',
  },
  {
    id: 'network-external-port',
    values: { mode: 'external', external: { uri: 'redis+sentinel://a:26379,b:26380/primary' } },
    says: 'external.uri names other ports than networkPolicy.external.ports (6379 26379)',
  },
  {
    id: 'network-external-port',
    values: { mode: 'external', external: { uri: 'rediss://db.example.com:6380' } },
    says: 'external.uri names other ports',
  },
  {
    id: 'http-route-parents',
    values: { gateway: { httpRoute: { enabled: true } } },
    says: 'gateway.httpRoute.enabled is true, but parentRefs is empty',
  },
  {
    id: 'network-push',
    values: { worker: { push: { mail: 'http://mail.default/jobs' } } },
    says: 'worker.push is set, but networkPolicy.worker.egress is empty',
  },
  { id: 'tls-agent', values: { mode: 'standalone', tls: { enabled: true } }, says: 'there is no agent' },
  {
    id: 'tls-existing-secrets',
    values: { tls: { enabled: true, source: 'existingSecret', existingSecrets: { gateway: 'web' } } },
    says: 'a Secret is not named',
  },
  {
    id: 'tls-unused-secrets',
    values: { tls: { existingSecrets: { redis: 'ours' } } },
    says: 'tls.existingSecrets is set, but tls.source is generated',
  },
  {
    id: 'tls-issuer',
    values: { tls: { enabled: true, source: 'certManager' } },
    says: 'tls.certManager.issuer is empty',
  },
  {
    id: 'worker-handlers',
    values: { worker: { handlers: { source: 'export default {}', module: '/app/handlers.mjs' } } },
    says: 'both set',
  },
  {
    id: 'autoscaling-bounds',
    values: { worker: { autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 4 } } },
    says: 'worker.autoscaling.minReplicas is 5, more than worker.autoscaling.maxReplicas of 4',
  },
] as const;
