import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.js';
import { errorCatalogue, isMoorlineError, MoorlineError, type ErrorCode } from '../resilience/errors.js';
import type { Envelope, Message } from './envelope.js';
import { jsonOf } from './validate.js';

/** Answers requests; the signal is aborted when nobody waits for the answer any more. */
export type Method = (data: unknown, context: { readonly from: string; readonly signal: AbortSignal }) => unknown;

export interface RequestsOptions {
  readonly serverId: string;
  readonly send: (serverId: string, envelope: Envelope) => Promise<void>;
  /** How long ago a message was published, in ms, where that is known. */
  readonly ageOf: (message: Message) => number | undefined;
  readonly log: Logger;
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: MoorlineError) => void;
}

const maxAsked = 10_000;
/** So many requests of others are answered at the same time. */
const maxAnswering = 1_000;

/** Requests to other servers, and the answers to theirs. A request is answered once at most, and nobody waits beyond its deadline. */
export class Requests {
  private readonly asked = new Map<string, Asked>();
  private readonly methods = new Map<string, Method>();
  private answering = 0;

  constructor(private readonly options: RequestsOptions) {}

  answer(name: string, method: Method): void {
    this.methods.set(name, method);
  }

  /** Rejects with the error of the other server, or with `deadline_exceeded`. */
  async ask(serverId: string, name: string, data: unknown, timeoutMs: number): Promise<unknown> {
    if (this.asked.size >= maxAsked) throw tooManyAsked();
    const id = randomUUID();
    const envelope = {
      kind: 'request',
      id,
      topic: name,
      from: this.options.serverId,
      json: jsonOf(data),
      timeoutMs,
    } as const;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        // Known before it is sent: the answer may be here before Redis says that it was.
        this.asked.set(id, { resolve, reject });
        timer = setTimeout(() => {
          reject(noAnswer(serverId, name, timeoutMs));
        }, timeoutMs);
        this.options.send(serverId, envelope).catch(reject);
      });
    } finally {
      clearTimeout(timer);
      this.asked.delete(id);
    }
  }

  /** Whether the message was for it. */
  take(message: Message): boolean {
    switch (message.kind) {
      case 'request':
        void this.serve(message);
        return true;
      case 'reply':
        this.asked.get(message.id)?.resolve(parsed(message.json));
        return true;
      case 'failure':
        this.asked.get(message.id)?.reject(errorOf(message));
        return true;
      default:
        return false;
    }
  }

  private async serve(message: Message): Promise<void> {
    const { serverId, send, ageOf, log } = this.options;
    const leftMs = (message.timeoutMs ?? 0) - (ageOf(message) ?? 0);
    if (leftMs <= 0) return;
    const answer = { id: message.id, from: serverId };
    try {
      const json = jsonOf((await this.run(message, AbortSignal.timeout(Math.ceil(leftMs)))) ?? null);
      await send(message.from, { ...answer, kind: 'reply', json });
    } catch (error) {
      log.debug({ err: error, method: message.topic }, 'a request of another server failed');
      // Who asked is gone, or hears by his deadline.
      await send(message.from, { ...answer, kind: 'failure', json: failureJson(error) }).catch(() => undefined);
    }
  }

  private async run({ topic = '', from, json }: Message, signal: AbortSignal): Promise<unknown> {
    const method = this.methods.get(topic);
    if (method === undefined) throw noMethod(this.options.serverId, topic);
    if (this.answering >= maxAnswering) throw tooManyAnswering(this.options.serverId);
    this.answering += 1;
    try {
      return await method(parsed(json), { from, signal });
    } finally {
      this.answering -= 1;
    }
  }
}

const parsed = (json: Buffer): unknown => JSON.parse(json.toString()) as unknown;

function failureJson(error: unknown): Buffer {
  const { code, message } = isMoorlineError(error)
    ? error
    : { code: 'internal', message: `The server that was asked failed: ${(error as Error).message}` };
  return jsonOf({ code, message: message.slice(0, 1_000) });
}

function errorOf({ json, from }: Message): MoorlineError {
  const { code, message } = parsed(json) as { readonly code: string; readonly message: string };
  const known: ErrorCode = code in errorCatalogue ? (code as ErrorCode) : 'internal';
  return new MoorlineError(known, message, { details: { serverId: from } });
}

const noAnswer = (serverId: string, name: string, timeoutMs: number): MoorlineError =>
  new MoorlineError('deadline_exceeded', `Server ${serverId} did not answer ${name} within ${timeoutMs} ms.`);

const noMethod = (serverId: string, name: string): MoorlineError =>
  new MoorlineError('not_found', `Server ${serverId} answers no requests named ${name}.`);

const tooManyAsked = (): MoorlineError =>
  new MoorlineError('quota_exceeded', `This process waits for ${maxAsked} answers of other servers already.`, {
    retryAfterMs: 1_000,
  });

const tooManyAnswering = (serverId: string): MoorlineError =>
  new MoorlineError('quota_exceeded', `Server ${serverId} answers ${maxAnswering} requests already.`, {
    retryAfterMs: 1_000,
  });
