export {
  ConfigError,
  loadClientConfig,
  loadConfig,
  type Config,
  type HttpConfig,
  type PodConfig,
  type ProcessKind,
  type RedisConfig,
  type TlsConfig,
  type WorkerConfig,
} from './config.js';
export { connectionsNeeded } from './contradictions.js';
export { environmentDocs } from './environment-docs.js';
export { environmentNames, type EnvironmentName } from './environment.js';
export type { Environment } from './read-environment.js';
export type { HostPort, RedisTarget } from './redis-uri.js';
