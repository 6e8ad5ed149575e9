import type { SocketClass } from './socket.js';

/** `idle` until something is followed; `waiting` before the next attempt to connect; `stopped` for good. */
export type LiveState = 'idle' | 'connecting' | 'open' | 'waiting' | 'stopped';

export interface LiveClientOptions {
  /** Of the gateway. @default where the page came from */
  readonly url?: string | URL;
  /** A token, or what gets one: asked before each connection and in time before a token ends. @default none is sent */
  readonly token?: string | (() => string | Promise<string>);
  /** Chunks or messages of each stream and topic that wait for whoever reads them. @default 1000 */
  readonly maxBuffered?: number;
  /** Connections that fail one after the other until it stops. @default as many as it takes while the page is open */
  readonly maxAttempts?: number;
  readonly onStateChange?: (state: LiveState) => void;
  /** @default that of the browser, or of Node 22 */
  readonly WebSocket?: SocketClass;
}
