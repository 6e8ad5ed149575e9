import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayClient } from './gateway-client.js';

const queue = 'checksum';
const batchSize = 5000;

/** Lookups at a time: enough to keep gateway and Redis busy, few enough for one process. */
const lookups = 32;
const notYetMs = 50;

/** Gives up when no result came for so long; the jobs of a killed worker run again after its lease of some seconds. */
const stallMs = 60_000;

export interface Progress {
  readonly acknowledged: number;
  readonly collected: number;
}

/** Makes a job of every file and collects the hashes that the workers computed. */
export class ChecksumRun {
  readonly #id = randomBytes(6).toString('hex');
  readonly #hashes: (string | undefined)[];
  #acknowledged = 0;
  #collected = 0;
  #next = 0;
  #lastResultMs = Date.now();
  #isOver = false;

  constructor(
    readonly gateway: GatewayClient,
    readonly files: readonly string[],
    readonly onProgress: (progress: Progress) => void,
  ) {
    this.#hashes = new Array<string | undefined>(files.length).fill(undefined);
  }

  /** The hashes in the order of the files; undefined where no result came, as of a lost job or a dead letter. */
  async hashes(): Promise<readonly (string | undefined)[]> {
    const collectors = Array.from({ length: lookups }, () => this.#collect());
    try {
      await Promise.all([this.#enqueue(), ...collectors]);
      return this.#hashes;
    } finally {
      // When one fails, nobody waits for the others.
      this.#isOver = true;
    }
  }

  async #enqueue(): Promise<void> {
    for (let first = 0; first < this.files.length; first += batchSize) {
      const batch = this.files.slice(first, first + batchSize);
      const jobs = batch.map((path, index) => ({ id: this.#jobId(first + index), data: { path } }));
      await this.gateway.enqueue(queue, jobs);
      this.#acknowledged += batch.length;
      this.#report();
    }
  }

  /** Takes the jobs one by one, together with the other collectors, as soon as they are acknowledged. */
  async #collect(): Promise<void> {
    for (let index = this.#next++; index < this.files.length; index = this.#next++) {
      while (this.#acknowledged <= index && !this.#stalled()) await sleep(notYetMs);
      this.#hashes[index] = await this.#hashOf(this.#jobId(index));
      this.#collected += 1;
      this.#report();
    }
  }

  async #hashOf(id: string): Promise<string | undefined> {
    while (!this.#stalled()) {
      const job = await this.gateway.job(queue, id);
      if (job === undefined || job.state === 'dead') return undefined;
      if (job.state === 'done') {
        this.#lastResultMs = Date.now();
        return (job.result as { sha256: string }).sha256;
      }
      await sleep(notYetMs);
    }
    return undefined;
  }

  #stalled(): boolean {
    return this.#isOver || Date.now() - this.#lastResultMs > stallMs;
  }

  #jobId(index: number): string {
    return `${this.#id}-${index}`;
  }

  #report(): void {
    this.onProgress({ acknowledged: this.#acknowledged, collected: this.#collected });
  }
}
