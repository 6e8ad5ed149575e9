import { randomUUID } from 'node:crypto';
import { waitFor } from '../wait.js';
import { Follower } from './follower.js';
import { produceLive } from './live-producer.js';
import type { ClientOptions } from './producer.js';

const followers = 5;
const startMs = 60_000;
/** Those who were sent away come back within a second or so; Redis may still have to be found. */
const catchUpMs = 30_000;

export interface LiveOptions extends ClientOptions {
  readonly url: string;
  readonly token: string;
}

/** A producer of chunks and messages, and some who follow them. */
export class Live {
  readonly #followers: readonly Follower[];
  readonly #producing: Promise<void>;
  readonly #following: Promise<unknown>;

  constructor(
    private readonly options: LiveOptions,
    isWanted: () => boolean,
  ) {
    // What a round before has left is another stream.
    const names = { stream: `lab-${randomUUID()}`, topic: `lab.${randomUUID()}` };
    const { url, token, signal, journal } = options;
    this.#followers = Array.from(
      { length: followers },
      () => new Follower({ ...names, url, token, signal, journal: journal.live }),
    );
    this.#following = Promise.all(this.#followers.map((one) => one.run()));
    this.#producing = produceLive(options, names, isWanted);
  }

  async started(): Promise<void> {
    await waitFor(
      'every follower to have chunks',
      () => this.#followers.every(({ lastChunk }) => lastChunk !== undefined),
      startMs,
    );
  }

  /** No more chunks come; whoever has not got the last one by now never will. */
  async stopProducing(): Promise<void> {
    await this.#producing;
    const { live } = this.options.journal;
    const isThere = ({ lastChunk }: Follower): boolean => lastChunk !== undefined && lastChunk >= live.chunks;
    await waitFor('every follower to have the last chunk', () => this.#followers.every(isThere), catchUpMs).catch(
      () => undefined,
    );
    for (const one of this.#followers) {
      if (!isThere(one))
        live.chunkTroubles.push(`chunk ${live.chunks} never came, the last was ${String(one.lastChunk)}`);
    }
  }

  async stopped(): Promise<void> {
    await Promise.all([this.#producing, this.#following]);
  }
}
