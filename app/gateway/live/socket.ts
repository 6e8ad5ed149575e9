import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Bus } from '../../bus/bus.js';
import { errorReply } from '../../operations/error-reply.js';
import type { Chunk } from '../../streams/types.js';
import type { Streams } from '../../streams/streams.js';
import type { Topics } from '../../streams/topics.js';
import type { Access } from './access.js';
import { closeCodes, type CloseReason } from './close-codes.js';
import { readClientFrame, type ClientFrame } from './client-frames.js';
import type { Codec, Source } from './codec.js';
import type { Beating } from './heartbeat.js';
import { Pump, type Sink } from './pump.js';
import { FrameAllowance } from './frame-allowance.js';
import { FrameQueue } from './frame-queue.js';
import { already, forbidden, maxSubscriptions, tooMany } from './socket-errors.js';
import { keyOf, subjectOf, type Subject } from './subject.js';

export interface SocketOptions {
  readonly streams: Streams;
  readonly topics: Topics;
  readonly bus: Bus;
  readonly codec: Codec;
  /** The connection underneath. */
  readonly wire: Duplex;
  /** What the client may read. undefined: it has to say who it is first. */
  readonly access: Access | undefined;
  readonly authenticate: (token: string) => Promise<Access>;
}

/** Above, no more is sent until what was sent is below `lowBytes`. */
const highBytes = 512 * 1024;
const lowBytes = 128 * 1024;
/** Above, messages of topics have no room. */
const fullBytes = 1024 * 1024;
/** Who takes nothing for so long is cut off. */
const slowMs = 10_000;
/** Who has to say who it is has so long. */
const authMs = 5_000;
const idleMs = 300_000;
/** A client that does not answer a close frame. */
const lingerMs = 5_000;

type Wanted = Extract<ClientFrame, { readonly subscribe: unknown }>['subscribe'];
type WantedStream = Extract<Wanted, { readonly stream: string }>;
type WantedTopic = Extract<Wanted, { readonly topic: string }>;
type Unsubscribe = Extract<ClientFrame, { readonly unsubscribe: unknown }>;

/** A stream or a topic that goes to the client. */
interface Flow {
  close(): void;
  /** There is room for more. */
  run(): void;
}

/** One client on a WebSocket: what it follows, and what is sent to it. */
export class Socket implements Beating {
  private readonly followed = new Map<string, { readonly subject: Subject; readonly flow: Flow }>();
  private readonly allowance = new FrameAllowance();
  private access: Access | undefined;
  private expiry: NodeJS.Timeout | undefined;
  private slow: NodeJS.Timeout | undefined;
  private lastFrameAt = performance.now();
  private readonly frames: FrameQueue;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: SocketOptions,
    private readonly onPong: (socket: Socket) => void,
  ) {
    this.frames = new FrameQueue(socket);
    this.admit(options.access);
    socket.on('message', (data: Buffer) => {
      this.receive(data);
    });
    socket.on('pong', () => {
      this.onPong(this);
    });
    // ws closes with the fitting code after an error.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.release();
    });
  }

  ping(): void {
    const isIdle = this.followed.size === 0 && performance.now() - this.lastFrameAt > idleMs;
    if (isIdle) this.close('idle');
    else this.socket.ping();
  }

  silent(): void {
    this.close('noPong');
    this.socket.terminate();
  }

  close(reason: CloseReason): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.close(closeCodes[reason], reason);
    setTimeout(() => {
      this.socket.terminate();
    }, lingerMs).unref();
  }

  private receive(data: Buffer): void {
    if (!this.allowance.take()) {
      this.close('tooManyRequests');
      return;
    }
    const frame = this.read(data);
    if (frame === undefined) this.close('badFrame');
    else this.frames.push(data.length, () => this.handle(frame));
  }

  private read(data: Buffer): ReturnType<typeof readClientFrame> | undefined {
    try {
      return readClientFrame(this.options.codec.decode(data));
    } catch {
      return undefined;
    }
  }

  private async handle(frame: ReturnType<typeof readClientFrame>): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    // Whoever only asks whether anybody is there wants nothing.
    if (!('ping' in frame)) this.lastFrameAt = performance.now();
    try {
      if ('error' in frame) throw frame.error;
      if ('auth' in frame) await this.authenticate(frame.id, frame.auth.token);
      else if ('ping' in frame) this.say({ id: frame.id, pong: {} });
      else if ('subscribe' in frame) await this.subscribe(frame.id, frame.subscribe);
      else this.unsubscribe(frame.id, frame);
    } catch (error) {
      this.say({ id: frame.id, ...errorReply(error).body });
    }
  }

  private async authenticate(id: number, token: string): Promise<void> {
    try {
      this.admit(await this.options.authenticate(token));
    } catch {
      this.close('badToken');
      return;
    }
    const { expiresAt = Infinity } = this.access ?? {};
    // How long from now, too: the clock of a client may be wrong.
    this.say({ id, authenticated: { expiresAt, expiresInMs: expiresAt - Date.now() } });
    this.leaveForbidden();
  }

  /** A token that is refreshed in time keeps the connection. */
  private admit(access: Access | undefined): void {
    this.access = access;
    clearTimeout(this.expiry);
    const reason = access === undefined ? 'badToken' : 'tokenExpired';
    const ms = access === undefined ? authMs : access.expiresAt - Date.now();
    // A timer takes 24 days at most; a token that lasts longer is not watched.
    if (ms < 2 ** 31) {
      this.expiry = setTimeout(() => {
        this.close(reason);
      }, ms);
    }
  }

  private async subscribe(id: number, wanted: Wanted): Promise<void> {
    const subject = subjectOf(wanted);
    if (!this.mayRead(subject)) throw forbidden(subject);
    if (this.followed.has(keyOf(subject))) throw already(subject);
    if (this.followed.size >= maxSubscriptions) throw tooMany();
    const flow = await ('stream' in wanted ? this.followStream(id, wanted) : this.followTopic(id, wanted));
    // Gone meanwhile: nobody is there to end it later.
    if (this.socket.readyState === this.socket.OPEN) this.followed.set(keyOf(subject), { subject, flow });
    else flow.close();
  }

  private unsubscribe(id: number, { unsubscribe }: Unsubscribe): void {
    this.leave(subjectOf(unsubscribe));
    this.say({ id, unsubscribed: unsubscribe });
  }

  private mayRead({ kind, name }: Subject): boolean {
    return this.access?.mayRead(kind, name) === true;
  }

  /** A new token may allow less than the one before. */
  private leaveForbidden(): void {
    for (const { subject } of this.followed.values()) {
      if (this.mayRead(subject)) continue;
      this.leave(subject);
      this.say({ [subject.kind]: subject.name, ...errorReply(forbidden(subject)).body });
    }
  }

  private leave(subject: Subject): void {
    this.followed.get(keyOf(subject))?.flow.close();
    this.followed.delete(keyOf(subject));
  }

  private async followStream(id: number, { stream, offset, epoch }: WantedStream): Promise<Flow> {
    const { streams } = this.options;
    return this.followHistory(id, 'stream', stream, (onNews) => streams.subscribe(stream, { offset, epoch }, onNews));
  }

  private async followTopic(id: number, { topic, offset, epoch }: WantedTopic): Promise<Flow> {
    const { topics } = this.options;
    if (offset === undefined && (topic.includes('*') || !topics.isRecoverable(topic))) return this.listen(id, topic);
    const wanted = offset === undefined ? 'now' : { offset, epoch };
    return this.followHistory(id, 'topic', topic, (onNews) => topics.follow(topic, wanted, onNews));
  }

  private async followHistory(
    id: number,
    kind: 'stream' | 'topic',
    name: string,
    follow: (onNews: () => void) => ReturnType<Streams['subscribe']>,
  ): Promise<Flow> {
    const news = { tell: (): void => undefined };
    const begun = await follow(() => {
      news.tell();
    });
    const pump: Pump = new Pump(
      begun.subscription,
      this.sinkFor(() => ({ kind, name, epoch: pump.epoch })),
    );
    news.tell = () => {
      pump.run();
    };
    this.say({ id, subscribed: { [kind]: name, ...begun.position, recovered: begun.recovered } });
    pump.run();
    return pump;
  }

  private async listen(id: number, topic: string): Promise<Flow> {
    const { bus, codec } = this.options;
    const close = await bus.subscribe(topic, (message) => {
      // Messages are not kept: who does not read them cannot have them later.
      if (this.socket.bufferedAmount > fullBytes) this.close('slow');
      else this.write(codec.message(message.topic ?? topic, topic, message.json));
    });
    this.say({ id, subscribed: { topic } });
    return { close, run: () => undefined };
  }

  private sinkFor(source: () => Source): Sink {
    const { codec, wire } = this.options;
    const restart = (): void => {
      this.close('insufficientState');
    };
    return {
      hasRoom: () => this.hasRoom(),
      send: (chunks: readonly Chunk[]) => {
        const from = source();
        // One write for all of them.
        wire.cork();
        for (const chunk of chunks) this.write(codec.chunk(from, chunk));
        wire.uncork();
      },
      ended: () => {
        const { kind, name } = source();
        this.leave({ kind, name });
        this.say({ [kind]: name, end: true });
      },
      lost: restart,
      failed: restart,
    };
  }

  private say(frame: object): void {
    this.write(this.options.codec.encode(frame));
  }

  private write(bytes: Buffer): void {
    this.socket.send(bytes, { binary: this.options.codec.isBinary }, () => {
      this.drained();
    });
  }

  private hasRoom(): boolean {
    if (this.socket.bufferedAmount < highBytes) return true;
    this.slow ??= setTimeout(() => {
      this.close('slow');
    }, slowMs);
    return false;
  }

  /** Called for each frame that has left: it costs next to nothing while nobody waits for it. */
  private drained(): void {
    if (this.slow === undefined || this.socket.bufferedAmount > lowBytes) return;
    clearTimeout(this.slow);
    this.slow = undefined;
    for (const { flow } of this.followed.values()) flow.run();
  }

  private release(): void {
    clearTimeout(this.expiry);
    clearTimeout(this.slow);
    for (const { flow } of this.followed.values()) flow.close();
    this.followed.clear();
  }
}
