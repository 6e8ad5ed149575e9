import type { ServerFrame } from './frames.js';
import type { SocketClass, SocketEvent, SocketLike } from './socket.js';

export interface ConnectionOptions {
  readonly url: string;
  readonly Socket: SocketClass;
  readonly token: () => Promise<string | undefined>;
}

export interface ConnectionHandlers {
  /** Frames can be sent. */
  ready(): void;
  frame(frame: ServerFrame): void;
  closed(code: number, reason: string): void;
}

/** Until it is open, token included. */
const openMs = 15_000;
const lookEveryMs = 5_000;
/** A connection on which nothing came for so long is asked whether it is there, and has so long to answer. */
const silentMs = 25_000;
const pongMs = 10_000;
/** A token is replaced when so much of its time has passed. */
const refreshAt = 0.8;
const maxTimerMs = 2 ** 31 - 1;
/** As a browser calls it: there was no close frame. */
const abnormal = 1006;

type Timer = ReturnType<typeof setTimeout>;

/** One WebSocket from its opening to its end: says who it is, in time again, and notices when nobody is there any more. */
export class Connection {
  private socket: SocketLike | undefined;
  private readonly answers = new Map<number, (answer: ServerFrame) => void>();
  private lastId = 0;
  private heardAt = 0;
  private pingedAt: number | undefined;
  private isOpen = false;
  private isOver = false;
  private deadline: Timer | undefined;
  private watch: Timer | undefined;
  private refresh: Timer | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.deadline = setTimeout(() => {
      this.end();
    }, openMs);
    this.open().catch(() => {
      this.end();
    });
  }

  get isReady(): boolean {
    return this.isOpen && !this.isOver;
  }

  /** `onAnswer` is not called when the connection ends before. */
  ask(frame: object, onAnswer: (answer: ServerFrame) => void = () => undefined): void {
    if (!this.isReady) return;
    const id = (this.lastId += 1);
    this.answers.set(id, onAnswer);
    this.socket?.send(JSON.stringify({ id, ...frame }));
  }

  /** Ends it, and nobody is told. */
  close(): void {
    this.isOver = true;
    for (const timer of [this.deadline, this.watch, this.refresh]) clearTimeout(timer);
    this.socket?.close(1000);
  }

  private async open(): Promise<void> {
    const { url, Socket, token } = this.options;
    const first = await token();
    if (this.isOver) return;
    const socket = new Socket(url, ['moorline.json']);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.begin(first);
    });
    socket.addEventListener('message', ({ data }) => {
      this.receive(data);
    });
    // What follows is its close.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', (event) => {
      this.end(event);
    });
  }

  private begin(token: string | undefined): void {
    if (this.isOver) return;
    clearTimeout(this.deadline);
    this.isOpen = true;
    this.heardAt = Date.now();
    this.watch = setInterval(() => {
      this.look();
    }, lookEveryMs);
    // Frames are dealt with in their order: what follows need not wait for the answer.
    if (token !== undefined) this.authenticate(token);
    this.handlers.ready();
  }

  private receive(data: unknown): void {
    if (this.isOver) return;
    this.heardAt = Date.now();
    this.pingedAt = undefined;
    const frame = JSON.parse(String(data)) as ServerFrame;
    const { id = 0 } = frame;
    const onAnswer = this.answers.get(id);
    this.answers.delete(id);
    if (onAnswer === undefined) this.handlers.frame(frame);
    else onAnswer(frame);
  }

  private authenticate(token: string): void {
    this.ask({ auth: { token } }, ({ authenticated }) => {
      const { expiresInMs } = authenticated ?? {};
      if (typeof expiresInMs !== 'number') return;
      this.refresh = setTimeout(() => void this.renew(), Math.min(maxTimerMs, expiresInMs * refreshAt));
    });
  }

  /** Without a new token the gateway ends the connection with the old one, and the next connection asks again. */
  private async renew(): Promise<void> {
    const token = await this.options.token().catch(() => undefined);
    if (token !== undefined) this.authenticate(token);
  }

  /** Neither browsers nor Node tell when a peer is silently gone. */
  private look(): void {
    const now = Date.now();
    if (this.pingedAt !== undefined) {
      if (now - this.pingedAt > pongMs) this.end();
    } else if (now - this.heardAt > silentMs) {
      this.pingedAt = now;
      this.ask({ ping: {} });
    }
  }

  private end({ code = abnormal, reason = '' }: Partial<SocketEvent> = {}): void {
    if (this.isOver) return;
    this.close();
    this.handlers.closed(code, reason);
  }
}
