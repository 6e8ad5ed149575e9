import { z } from 'zod';
import type { EnvironmentName } from '../../app/config/index.js';
import { httpRoute, ingress } from './exposure.js';
import { annotations, extraEnv, port, resources, scheduling } from './fields.js';
import { live } from './live.js';
import { softSpread } from './spread.js';

/** What the bundle itself sets for gateway, worker and agent; see cdk8s/bundle/app-container.ts. */
export const appEnvironment = [
  'REDIS_URI',
  'REDIS_USER',
  'REDIS_PASSWORD_FILE',
  'SENTINEL_PASSWORD_FILE',
  'REDIS_TLS_CA_FILE',
  'REDIS_TLS_SERVERNAME',
  'SERVER_ID',
  'POD_NAME',
  'POD_NAMESPACE',
  'NODE_NAME',
  'CPU_LIMIT_MILLICORES',
  'MEMORY_LIMIT_BYTES',
  'MOORLINE_HOST',
  'MOORLINE_PORT',
  'MOORLINE_AGENT_AUTHORITY',
  'MOORLINE_AGENT_CERTIFICATES',
  'MOORLINE_TOKEN_FILE',
  'MOORLINE_TOKENS_FILE',
  'MOORLINE_TLS_CERT_FILE',
  'MOORLINE_TLS_KEY_FILE',
  'MOORLINE_LOG_LEVEL',
  'MOORLINE_MAX_BODY_BYTES',
  'MOORLINE_DRAIN_MS',
  'MOORLINE_SHUTDOWN_GRACE_MS',
  'MOORLINE_STREAM_KEEP_MS',
  'MOORLINE_STREAM_ENDED_KEEP_MS',
  'MOORLINE_RECOVERABLE_TOPICS',
  'MOORLINE_JWT_SECRET_FILE',
  'MOORLINE_JWKS_FILE',
  'MOORLINE_JWT_AUDIENCE',
  'MOORLINE_JWT_ISSUER',
  'MOORLINE_ALLOWED_ORIGINS',
  'MOORLINE_MAX_WEBSOCKETS',
  'MOORLINE_MAX_WEBSOCKETS_PER_ADDRESS',
  'MOORLINE_WORKER_HANDLERS',
  'MOORLINE_WORKER_PUSH',
  'MOORLINE_WORKER_CONCURRENCY',
  'MOORLINE_WORKER_LEASE_MS',
  'MOORLINE_WORKER_JOB_TIMEOUT_MS',
  'MOORLINE_AGENT_NODES',
  'MOORLINE_AGENT_STATEFUL_SET',
  'MOORLINE_AGENT_LEASE',
  'MOORLINE_AGENT_TOPOLOGY',
] as const satisfies readonly EnvironmentName[];

export const logLevel = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
  .default('info')
  .describe('From which level on lines are logged.');
export const shutdownGraceSeconds = (seconds: number) =>
  z
    .int()
    .min(1)
    .max(3600)
    .default(seconds)
    .describe('Time to finish what runs when the pod stops; the kubelet waits 10 s longer.');

export const gateway = z
  .strictObject({
    replicas: z.int().min(1).max(100).default(2).describe('How many gateways.'),
    service: z
      .strictObject({
        type: z.enum(['ClusterIP', 'LoadBalancer', 'NodePort']).default('ClusterIP').describe('Type of the Service.'),
        port: port.default(8080).describe('Port of the Service.'),
        annotations: annotations.default({}).describe('Annotations of the Service.'),
      })
      .prefault({}),
    ingress,
    httpRoute,
    maxBodyBytes: z.int().min(1024).max(16777216).default(16777216).describe('Largest request body.'),
    live,
    logLevel,
    drainSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(5)
      .describe(
        'A gateway that stops goes on serving for so long, until every node and load balancer has heard of it; then comes `shutdownGraceSeconds`.',
      ),
    shutdownGraceSeconds: shutdownGraceSeconds(20),
    ...resources('small'),
    extraEnv: extraEnv(appEnvironment),
    spread: softSpread,
    ...scheduling,
  })
  .prefault({})
  .describe('The HTTP gateway.');
