import type { HostPort } from '../config/index.js';

/** What one Sentinel says of the primary. */
export interface SentinelAnswer {
  readonly primary: HostPort;
  /** Of the configuration it believes in; each failover makes a higher one. */
  readonly configEpoch: number;
  /** Replicas that the primary should have, reachable or not. */
  readonly replicas: number;
  /** It takes part in replacing the primary, or agrees that it is down. */
  readonly isReplacing: boolean;
}

/** The newest configuration counts, as among Sentinels themselves: one that was cut off still tells of the last primary it knew. */
export function newestPrimary(answers: readonly SentinelAnswer[]): HostPort | undefined {
  const [newest] = [...answers].sort((one, other) => other.configEpoch - one.configEpoch);
  return newest?.primary;
}

/** Whether nobody is about to replace this primary: a majority has answered, and everybody who has names it and is content with it. */
export function isUndisputed(primary: HostPort, answers: readonly SentinelAnswer[], sentinels: number): boolean {
  const isContent = (answer: SentinelAnswer) =>
    answer.primary.host === primary.host && answer.primary.port === primary.port && !answer.isReplacing;
  return 2 * answers.length > sentinels && answers.every(isContent);
}
