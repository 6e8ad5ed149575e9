import type { HostPort } from '../config/index.js';

/** What one Sentinel says of the primary. */
export interface SentinelAnswer {
  readonly primary: HostPort;
  /** Of the configuration it believes in; each failover makes a higher one. */
  readonly configEpoch: number;
}

/** The newest configuration counts, as among Sentinels themselves: one that was cut off still tells of the last primary it knew. */
export function newestPrimary(answers: readonly SentinelAnswer[]): HostPort | undefined {
  const [newest] = [...answers].sort((one, other) => other.configEpoch - one.configEpoch);
  return newest?.primary;
}
