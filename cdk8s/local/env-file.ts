import { secretKeys } from '../bundle/paths.js';
import { of } from './components.js';
import { CommandError } from './errors.js';
import { writePrivately } from './files.js';
import type { Home } from './home.js';
import { loopback } from './plan/addresses.js';
import type { ReadSecret } from './plan/environment.js';
import type { LocalProcess } from './plan/plan.js';

/** What a program of this machine needs to use the instance; also the lines of `.moorline/env`. */
export type Connection = Readonly<
  Record<'MOORLINE_URL' | 'MOORLINE_TOKEN' | 'REDIS_URI' | 'REDIS_PASSWORD' | 'SENTINEL_PASSWORD', string>
>;

export function connectionOf(processes: readonly LocalProcess[], readSecret: ReadSecret): Connection {
  const [gateway] = of('gateway', processes);
  if (gateway === undefined) throw new CommandError('expected a gateway in the bundle');
  return {
    MOORLINE_URL: `http://${loopback}:${gateway.port}`,
    MOORLINE_TOKEN: readSecret(secretKeys.gatewayToken),
    REDIS_URI: gateway.environment['REDIS_URI'] ?? '',
    REDIS_PASSWORD: readSecret(secretKeys.redisPassword),
    SENTINEL_PASSWORD: readSecret(secretKeys.sentinelPassword),
  };
}

/** Lines that both a shell and readers of environment files take: no value needs a quote. */
export function writeEnvFile(home: Home, connection: Connection): void {
  const lines = Object.entries(connection).map(([name, value]) => `${name}=${value}\n`);
  writePrivately(home.envFile, lines.join(''));
}
