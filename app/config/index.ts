export { reachableAt } from './address-map.js';
export { ConfigError, loadClientConfig, loadConfig } from './config.js';
export { connectionsNeeded } from './contradictions.js';
export { environmentDocs } from './environment-docs.js';
export { environmentNames, type EnvironmentName } from './environment.js';
export { roleLabel } from './labels.js';
export { withoutNewline, type Environment } from './read-environment.js';
export type { HostPort, RedisTarget } from './redis-uri.js';
export type {
  AgentConfig,
  Config,
  HttpConfig,
  HttpTlsConfig,
  PodConfig,
  ProcessKind,
  RedisConfig,
  TlsConfig,
  WorkerConfig,
} from './types.js';
