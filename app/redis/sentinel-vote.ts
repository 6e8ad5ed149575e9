import type { HostPort } from '../config/index.js';

/** What one Sentinel says of the primary. */
export interface SentinelAnswer {
  readonly primary: HostPort;
  /** Of the configuration it believes in; each failover makes a higher one, and is half a step ahead before it is complete. */
  readonly epoch: number;
  /** Replicas that the primary should have, reachable or not. */
  readonly replicas: number;
  /** It replaces the primary that it names, or agrees that it is down. */
  readonly isReplacing: boolean;
}

/** The newest configuration counts, as among Sentinels themselves: one that was cut off still tells of the last primary it knew. */
export function newestPrimary(answers: readonly SentinelAnswer[]): HostPort | undefined {
  const [newest] = [...answers].sort((one, other) => other.epoch - one.epoch);
  return newest?.primary;
}

/** Whether nobody is about to replace this primary: a majority has answered, and those with the newest configuration name it and are content. */
export function isUndisputed(primary: HostPort, answers: readonly SentinelAnswer[], sentinels: number): boolean {
  const newest = Math.max(...answers.map(({ epoch }) => epoch));
  const isContent = (answer: SentinelAnswer) =>
    answer.primary.host === primary.host && answer.primary.port === primary.port && !answer.isReplacing;
  return 2 * answers.length > sentinels && answers.every((answer) => answer.epoch < newest || isContent(answer));
}
