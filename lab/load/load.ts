import { nowMs } from '../clock.js';
import type { Random } from '../random.js';
import type { Stack } from '../stack/stack.js';
import { waitFor } from '../wait.js';
import { Client } from './client.js';
import { workOverHttp } from './http-worker.js';
import { Journal } from './journal.js';
import { Live } from './live.js';
import { produce } from './producer.js';
import type { WorkerRuns } from './worker-runs.js';

const producers = 4;
const httpWorkers = 2;
const readRunsMs = 100;
const startMs = 60_000;
const recoverMs = 60_000;
const beatsOfAStart = 5;

/** Applications at work on a stack: some hand jobs in, some claim them over HTTP, and the stack's own worker runs handlers. */
export class Load {
  readonly journal = new Journal();
  readonly #stopping = new AbortController();
  readonly #producing: Promise<unknown>;
  readonly #working: Promise<unknown>;
  readonly #live: Live;
  readonly #readRuns: NodeJS.Timeout;
  #wanted = true;

  constructor(
    stack: Stack,
    private readonly runs: WorkerRuns,
    random: Random,
  ) {
    const { MOORLINE_URL, MOORLINE_TOKEN } = stack.connection;
    const options = (name: string) => ({
      name,
      client: new Client(MOORLINE_URL, MOORLINE_TOKEN, this.journal),
      journal: this.journal,
      random: random.derive(name),
      signal: this.#stopping.signal,
    });
    // What the worker has left of a round before.
    runs.readInto(new Journal());
    runs.readInto(this.journal);
    this.#producing = several(producers, (at) => produce(options(`producer ${at}`), () => this.#wanted));
    this.#working = several(httpWorkers, (at) => workOverHttp(options(`HTTP worker ${at}`)));
    this.#live = new Live(
      { ...options('live producer'), url: MOORLINE_URL, token: MOORLINE_TOKEN },
      () => this.#wanted,
    );
    this.#readRuns = setInterval(() => {
      runs.readInto(this.journal);
    }, readRunsMs);
  }

  /** Waits until every client does its work. */
  async started(): Promise<void> {
    await waitFor('every client to work', () => this.#pulses().every(({ count }) => count >= beatsOfAStart), startMs);
    await this.#live.started();
  }

  /** Waits until every client has done some work from now on. */
  async recovered(): Promise<void> {
    const sinceMs = nowMs();
    await waitFor(
      'every client to work again',
      () => this.#pulses().every((pulse) => pulse.isAliveAfter(sinceMs)),
      recoverMs,
    );
  }

  /** No more jobs are handed in; what was is acknowledged, or its producer gives up. */
  async stopProducing(): Promise<void> {
    this.#wanted = false;
    await Promise.all([this.#producing, this.#live.stopProducing()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wanted = false;
    await Promise.all([this.#producing, this.#working, this.#live.stopped()]);
    clearInterval(this.#readRuns);
    this.runs.readInto(this.journal);
  }

  #pulses() {
    return [...this.journal.pulses.values()];
  }
}

const several = (count: number, run: (at: number) => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, at) => run(at)));
