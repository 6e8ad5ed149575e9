import { environmentNames } from '../../config/index.js';
import { formatAddress } from '../../redis/connection.js';
import type { Plan, Target } from './plan.js';

/** A target and its port on this machine. */
export interface Forwarded {
  readonly target: Target;
  readonly localPort: number;
}

/** Keys of the Secret, and the variables that name files of them. */
export const secretVariables = {
  'gateway-token': environmentNames.MOORLINE_TOKEN_FILE,
  'redis-password': environmentNames.REDIS_PASSWORD_FILE,
  'sentinel-password': environmentNames.SENTINEL_PASSWORD_FILE,
} as const;

export type SecretFiles = Partial<Record<keyof typeof secretVariables, string>>;
type Variables = Readonly<Record<string, string>>;

const local = (port: number): string => `127.0.0.1:${port}`;

/** How a program of this machine finds the release through the forwarded ports. */
export function environmentOf(plan: Plan, forwarded: readonly Forwarded[], files: SecretFiles): Variables {
  const gateway = forwarded.find(({ target }) => target.component === 'gateway');
  const secrets = Object.entries(files).map(([key, file]) => [secretVariables[key as keyof SecretFiles], file]);
  return {
    ...(gateway === undefined ? {} : { [environmentNames.MOORLINE_URL]: `http://${local(gateway.localPort)}` }),
    ...redisVariables(plan, forwarded),
    ...(Object.fromEntries(secrets) as Variables),
  };
}

function redisVariables({ redis }: Plan, forwarded: readonly Forwarded[]): Variables {
  const of = (component: Target['component']) => forwarded.filter(({ target }) => target.component === component);
  const addressesOf = (component: Target['component']) => of(component).map(({ localPort }) => local(localPort));
  if (redis === 'none') return {};
  if (redis === 'standalone') return { [environmentNames.REDIS_URI]: `redis://${addressesOf('redis').join()}` };
  const map = of('redis').map(({ target, localPort }) => `${formatAddress(target.announced)}=${local(localPort)}`);
  return {
    [environmentNames.REDIS_URI]: `redis+sentinel://${addressesOf('sentinel').join()}/${redis.primaryName}`,
    [environmentNames.REDIS_ADDRESS_MAP]: map.join(),
  };
}
