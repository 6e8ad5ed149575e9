import type { IncomingMessage, Server } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Bus } from '../../bus/bus.js';
import type { Streams } from '../../streams/streams.js';
import type { Topics } from '../../streams/topics.js';
import { fullAccess, type Access } from './access.js';
import { codecs, type Codec } from './codec.js';
import { Heartbeat } from './heartbeat.js';
import { Socket } from './socket.js';
import type { SocketMetrics } from './socket-metrics.js';
import type { Tokens } from './tokens.js';

export interface SocketServerOptions {
  readonly streams: Streams;
  readonly topics: Topics;
  readonly bus: Bus;
  readonly tokens: Tokens;
  readonly metrics: SocketMetrics;
  readonly stopping: AbortSignal;
  /** Pages of these origins may connect; without any, those of all. Clients that are no browsers send none. */
  readonly origins: readonly string[];
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
}

const path = '/api/v1/ws';
const maxFrameBytes = 64 * 1024;
/** When the server stops, clients are sent away one after the other over so long: they all come to another one. */
const drainMs = 3_000;
const tokenPrefix = 'moorline.token.';

/** The WebSockets of a gateway. */
export class SocketServer {
  private readonly upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => ['moorline.msgpack', 'moorline.json'].find((name) => offered.has(name)) ?? false,
  });
  private readonly sockets = new Set<Socket>();
  private readonly perAddress = new Map<string, number>();
  private readonly heartbeat = new Heartbeat<Socket>();

  constructor(private readonly options: SocketServerOptions) {
    options.stopping.addEventListener('abort', () => {
      this.drain();
    });
  }

  serve(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      void this.upgrade(request, socket, head);
    });
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refusal = this.refusal(request);
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    let access: Access | undefined;
    try {
      access = await this.accessOf(request);
    } catch {
      refuse(socket, '401 Unauthorized');
      return;
    }
    if (socket.destroyed) return;
    this.upgrader.handleUpgrade(request, socket, head, (ws) => {
      this.begin(ws, access, request.socket);
    });
  }

  /** Why it gets no connection, as a status line. */
  private refusal({ url = '', headers, socket }: IncomingMessage): string | undefined {
    const { origins, maxSockets, maxSocketsPerAddress, stopping } = this.options;
    if (url.split('?', 1)[0] !== path) return '404 Not Found';
    if (headers.origin !== undefined && origins.length > 0 && !origins.includes(headers.origin)) return '403 Forbidden';
    if (stopping.aborted || this.sockets.size >= maxSockets) return '503 Service Unavailable';
    const ofAddress = this.perAddress.get(socket.remoteAddress ?? '') ?? 0;
    return ofAddress >= maxSocketsPerAddress ? '429 Too Many Requests' : undefined;
  }

  /** Browsers cannot set headers: they bring a token as a subprotocol, or in their first frame. */
  private async accessOf({ headers }: IncomingMessage): Promise<Access | undefined> {
    const { tokens } = this.options;
    if (tokens.isOpen) return fullAccess;
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(/, */);
    const token =
      /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ??
      protocols.find((name) => name.startsWith(tokenPrefix))?.slice(tokenPrefix.length);
    return token === undefined ? undefined : tokens.access(token);
  }

  private begin(ws: WebSocket, access: Access | undefined, wire: NetSocket): void {
    const address = wire.remoteAddress ?? '';
    const { streams, topics, bus, tokens, metrics } = this.options;
    const socket = new Socket(
      ws,
      { streams, topics, bus, codec: codecOf(ws), wire, access, authenticate: (token) => tokens.access(token) },
      (alive) => {
        this.heartbeat.pong(alive);
      },
    );
    this.sockets.add(socket);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    this.heartbeat.add(socket);
    metrics.open.set(this.sockets.size);
    ws.once('close', (code: number) => {
      this.end(socket, address, code);
    });
  }

  private end(socket: Socket, address: string, code: number): void {
    this.sockets.delete(socket);
    this.heartbeat.delete(socket);
    const ofAddress = (this.perAddress.get(address) ?? 1) - 1;
    if (ofAddress > 0) this.perAddress.set(address, ofAddress);
    else this.perAddress.delete(address);
    this.options.metrics.open.set(this.sockets.size);
    this.options.metrics.closes.inc({ code: String(code) });
  }

  private drain(): void {
    const all = [...this.sockets];
    for (const [at, socket] of all.entries()) {
      setTimeout(
        () => {
          socket.close('shutdown');
        },
        (drainMs * at) / all.length,
      );
    }
  }
}

const codecOf = (ws: WebSocket): Codec => (ws.protocol === 'moorline.msgpack' ? codecs.msgpack : codecs.json);

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
