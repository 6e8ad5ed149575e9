import type { HostPort } from '../config/index.js';

/** Knows where the primary is. */
export interface PrimaryLocator {
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
    onMove: () => undefined,
    connections: () => ({ configured: 0, connected: 0 }),
    close: () => Promise.resolve(),
  };
}
