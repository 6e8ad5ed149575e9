import { afterEach } from '@jest/globals';
import { pack, unpack } from 'msgpackr';
import { WebSocket } from 'ws';
import { waitFor } from './wait-for.js';

/** A frame of the gateway, whatever it holds. */
export interface Frame {
  readonly id?: number;
  readonly stream?: string;
  readonly topic?: string;
  readonly pattern?: string;
  readonly offset?: number;
  readonly epoch?: string;
  readonly pong?: object;
  readonly data?: unknown;
  readonly end?: boolean;
  readonly subscribed?: { readonly offset: number; readonly epoch: string; readonly recovered: boolean };
  readonly error?: { readonly code: string };
}

const opened = new Set<WebSocket>();

afterEach(() => {
  for (const socket of opened) socket.terminate();
  opened.clear();
});

export interface SocketOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that speaks the protocol by hand. */
export class TestSocket {
  readonly frames: Frame[] = [];
  closeCode: number | undefined;
  private readonly socket: WebSocket;
  private lastId = 0;

  private constructor(url: string, { protocols = [], headers = {} }: SocketOptions) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`, [...protocols], { headers });
    opened.add(this.socket);
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push((isBinary ? unpack(data) : JSON.parse(data.toString())) as Frame);
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  /** Resolves once it is open; rejects with the status that it got instead. */
  static async open(url: string, options: SocketOptions = {}): Promise<TestSocket> {
    const test = new TestSocket(url, options);
    await new Promise((resolve, reject) => {
      test.socket.once('open', resolve);
      test.socket.once('error', reject);
    });
    return test;
  }

  /** Sends a frame and waits for the answer to it. */
  async ask(frame: object): Promise<Frame> {
    const id = (this.lastId += 1);
    this.send({ id, ...frame });
    return waitFor('an answer', () => this.frames.find((one) => one.id === id));
  }

  send(frame: unknown): void {
    this.sendRaw(this.socket.protocol === 'moorline.msgpack' ? pack(frame) : JSON.stringify(frame));
  }

  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** What came of a stream, in order. */
  chunks(stream: string): readonly unknown[] {
    return this.frames.flatMap((frame) => (frame.stream === stream && frame.end !== true ? [frame.data] : []));
  }

  messages(topic: string): readonly unknown[] {
    return this.frames.flatMap((frame) => (frame.topic === topic ? [frame.data] : []));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  closed(): Promise<number> {
    return waitFor('it is closed', () => this.closeCode);
  }
}
