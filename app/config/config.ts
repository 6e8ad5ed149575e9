import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { agentConfig, missingForAgent } from './agent-config.js';
import { contradictions } from './contradictions.js';
import { nonEmpty, readEnvironment, type Environment, type Values } from './read-environment.js';
import type { RedisTarget } from './redis-uri.js';
import type { Config, ProcessKind, RedisConfig } from './types.js';

/** The environment cannot be used; `problems` has one line for each reason, and so has the message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Reads and checks the environment of a server process; throws a ConfigError that names every problem at once. */
export function loadConfig(env: Environment, kind: ProcessKind): Config {
  const { values, problems } = readEnvironment(env);
  const target = values.REDIS_URI;
  if (target === undefined || problems.length > 0) {
    throw new ConfigError([...missing(env), ...problems]);
  }
  const config = toConfig(env, values, target, kind);
  const found = [
    ...missing(env),
    ...(kind === 'agent' ? missingForAgent(values) : []),
    ...contradictions(config, values),
  ];
  if (found.length > 0) throw new ConfigError(found);
  return config;
}

/** For the command line: where the gateway is and the token it asks for. */
export function loadClientConfig(env: Environment): { readonly url: string; readonly token?: string } {
  const { values, problems } = readEnvironment(env);
  const own = problems.filter((problem) => problem.startsWith('MOORLINE_'));
  if (own.length > 0) throw new ConfigError(own);
  const { MOORLINE_URL: url = 'http://127.0.0.1:8080', MOORLINE_TOKEN: token } = values;
  return { url, ...defined({ token }) };
}

function missing(env: Environment): string[] {
  const isSet = (name: string) => env[name] !== undefined && env[name] !== '';
  return [
    ...(isSet('REDIS_URI') ? [] : ['REDIS_URI: required, for example redis://127.0.0.1:6379']),
    ...(isSet('KUBERNETES_SERVICE_HOST') && !isSet('SERVER_ID')
      ? ['SERVER_ID: required in Kubernetes; set it to metadata.uid by the downward API']
      : []),
  ];
}

function toConfig(env: Environment, values: Values, target: RedisTarget, kind: ProcessKind): Config {
  return {
    kind,
    serverId: values.SERVER_ID ?? `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    pod: {
      name: values.POD_NAME ?? hostname(),
      ...defined({
        namespace: values.POD_NAMESPACE,
        node: values.NODE_NAME,
        cpuLimitMillicores: values.CPU_LIMIT_MILLICORES,
        memoryLimitBytes: values.MEMORY_LIMIT_BYTES,
      }),
    },
    redis: redisConfig(env, values, target, kind),
    http: {
      host: values.MOORLINE_HOST,
      port: values.MOORLINE_PORT,
      drainMs: values.MOORLINE_DRAIN_MS,
      maxBodyBytes: values.MOORLINE_MAX_BODY_BYTES,
      ...defined({
        token: values.MOORLINE_TOKEN,
        tokensFile: values.MOORLINE_TOKENS_FILE,
        tls: httpTls(values),
      }),
    },
    log: { level: values.MOORLINE_LOG_LEVEL },
    queue: {
      doneWindowMs: values.MOORLINE_DONE_WINDOW_MS,
      waitReplicasTimeoutMs: values.MOORLINE_WAIT_REPLICAS_TIMEOUT_MS,
    },
    streams: { keepMs: values.MOORLINE_STREAM_KEEP_MS, keepEndedMs: values.MOORLINE_STREAM_ENDED_KEEP_MS },
    topics: { recoverable: values.MOORLINE_RECOVERABLE_TOPICS ?? [] },
    live: {
      jwt: defined({
        secret: values.MOORLINE_JWT_SECRET,
        jwksFile: values.MOORLINE_JWKS_FILE,
        audience: values.MOORLINE_JWT_AUDIENCE,
        issuer: values.MOORLINE_JWT_ISSUER,
      }),
      origins: values.MOORLINE_ALLOWED_ORIGINS ?? [],
      maxSockets: values.MOORLINE_MAX_WEBSOCKETS,
      maxSocketsPerAddress: values.MOORLINE_MAX_WEBSOCKETS_PER_ADDRESS,
    },
    worker: {
      pushUrls: values.MOORLINE_WORKER_PUSH ?? {},
      concurrency: concurrencyOf(values),
      leaseMs: values.MOORLINE_WORKER_LEASE_MS,
      jobTimeoutMs: values.MOORLINE_WORKER_JOB_TIMEOUT_MS,
      ...defined({ handlersFile: values.MOORLINE_WORKER_HANDLERS }),
    },
    ...defined({ agent: kind === 'agent' ? agentConfig(values) : undefined }),
    shutdownGraceMs: values.MOORLINE_SHUTDOWN_GRACE_MS,
  };
}

function httpTls(values: Values): Config['http']['tls'] {
  const { MOORLINE_TLS_CERT_FILE: certFile, MOORLINE_TLS_KEY_FILE: keyFile } = values;
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

function concurrencyOf(values: Values): Config['worker']['concurrency'] {
  const { MOORLINE_WORKER_CONCURRENCY: concurrency } = values;
  if (concurrency !== 'auto') return concurrency;
  return { min: values.MOORLINE_WORKER_MIN_CONCURRENCY, max: values.MOORLINE_WORKER_MAX_CONCURRENCY };
}

function redisConfig(env: Environment, values: Values, target: RedisTarget, kind: ProcessKind): RedisConfig {
  const worker = kind === 'worker';
  const tls = defined({
    caFile: values.REDIS_TLS_CA_FILE,
    certFile: values.REDIS_TLS_CERT_FILE,
    keyFile: values.REDIS_TLS_KEY_FILE,
    serverName: values.REDIS_TLS_SERVERNAME,
  });
  return {
    target,
    maxConnections: worker ? values.WORKER_REDIS_MAX_CONNECTIONS : values.REDIS_MAX_CONNECTIONS,
    socketTimeoutMs: worker ? values.WORKER_REDIS_SOCKET_TIMEOUT : values.REDIS_SOCKET_TIMEOUT,
    blockingTimeoutMs: values.WORKER_REDIS_BLOCKING_TIMEOUT,
    healthCheckIntervalMs: values.REDIS_HEALTH_CHECK_INTERVAL,
    ...defined({
      user: values.REDIS_USER,
      password: values.REDIS_PASSWORD,
      sentinelPassword: values.SENTINEL_PASSWORD,
      addressMap: values.REDIS_ADDRESS_MAP,
      passwordFile: nonEmpty(env['REDIS_PASSWORD_FILE']),
      sentinelPasswordFile: nonEmpty(env['SENTINEL_PASSWORD_FILE']),
      tls: target.tls ? tls : undefined,
    }),
  };
}

/** Leaves out what is undefined. */
function defined<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
