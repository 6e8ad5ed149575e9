/** What the client uses of a WebSocket, be it that of the browser, of Node or of the package `ws`. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: SocketEvent) => void): void;
}

export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

/** Of the browser: none in Node 20. */
export function ownSocketClass(): SocketClass {
  const { WebSocket } = globalThis as { readonly WebSocket?: SocketClass };
  if (WebSocket === undefined) throw new TypeError('Expected a global WebSocket, or the option `WebSocket`.');
  return WebSocket;
}

/** The address of the gateway's WebSockets. */
export function socketUrl(url: string | URL = pageOrigin()): string {
  const base = new URL(url);
  base.protocol = base.protocol.replace(/^http/, 'ws');
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return new URL('api/v1/ws', base).href;
}

function pageOrigin(): string {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  if (location === undefined) throw new TypeError('Expected the option `url`: there is no page here.');
  return location.origin;
}
