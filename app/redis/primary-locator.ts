import type { HostPort } from '../config/index.js';

/** Those who decide which server is primary. */
export interface Electors {
  /** Replicas that the primary should have, reachable or not; 0 where nobody knows. */
  readonly replicas: number;
  /** Whether a server is primary and nobody is about to replace it, by what they say from now on. */
  isUndisputed(primary: HostPort): Promise<boolean>;
}

/** Knows where the primary is. */
export interface PrimaryLocator extends Electors {
  /** Rejects with an Error whose message says why it is not known. */
  locate(): Promise<HostPort>;
  /** The listener is called when the primary has (or may have) moved. */
  onMove(listener: () => void): void;
  /** To those who know where the primary is. */
  connections(): { readonly configured: number; readonly connected: number };
  close(): Promise<void>;
}

/** One server, whose address never changes; a failover behind that address is noticed by the check at connect. */
export function fixedLocator(server: HostPort): PrimaryLocator {
  return {
    locate: () => Promise.resolve(server),
    replicas: 0,
    isUndisputed: () => Promise.resolve(true),
    onMove: () => undefined,
    connections: () => ({ configured: 0, connected: 0 }),
    close: () => Promise.resolve(),
  };
}
