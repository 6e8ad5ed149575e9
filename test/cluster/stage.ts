import { Hands } from './faults/hands.js';
import { errorCount, longestStallMs, lostCount, violations } from './judge.js';
import { Load } from './load/load.js';
import { notRun } from './load/ledger.js';
import { pushSettings } from './load/manifests.js';
import type { Bound } from './scenarios/scenario.js';
import { restartsOf } from './state/restarts.js';
import { keepEvidence } from './state/keep-evidence.js';
import { redisVersion, settled } from './state/observe.js';
import { claimAll } from './support/claim-all.js';
import { currentVersion, randomNamespace, TestRelease } from './support/release.js';

const wholeMs = 300_000;

/** What came of a scenario, or of the part of it that ran under load. */
export interface Figures {
  readonly acknowledged: number;
  readonly lost: number;
  /** Reason -> how often a call failed of it. */
  readonly failures: Readonly<Record<string, number>>;
  readonly clientErrors: number;
  readonly longestStallMs: number;
  /** From the first act until nothing was wrong any more. */
  readonly healedAfterMs: number;
  /** The version of Redis, or from which to which. */
  readonly redis: string;
}

export interface StageOptions {
  readonly strict: boolean;
  readonly onStep: (text: string) => void;
}

export interface UnderLoadOptions {
  /** Processes of the application are killed, or cut off from their probes. */
  readonly mayRestart?: true;
  /** Where the time that counts was measured before. */
  readonly healedAfterMs?: number;
}

/** What stays from scenario to scenario: a release of the defaults, and hands on every node. */
export class Stage {
  /** Of the scenario that runs. */
  readonly figures: Figures[] = [];
  readonly violations: string[] = [];
  #bound: Bound = {};
  #standing: TestRelease | undefined;
  #hands: Hands | undefined;
  /** The last one. */
  #load: Load | undefined;
  readonly #others: TestRelease[] = [];

  constructor(private readonly options: StageOptions) {}

  /** Forgets the scenario before. */
  begin(bound: Bound): void {
    this.#bound = bound;
    this.figures.length = 0;
    this.violations.length = 0;
    this.#load = undefined;
  }

  /** The release on which faults are tried; it is as good as new for whoever asks. */
  async release(): Promise<TestRelease> {
    if (this.#standing === undefined) {
      this.step('installing a release');
      const release = new TestRelease(randomName(), randomNamespace());
      this.#standing = release;
      await release.createNamespace();
      await release.install(...standingSettings);
    }
    return this.#standing;
  }

  /** A release of its own for this scenario, in a namespace of its own and not yet installed. */
  async another(): Promise<TestRelease> {
    const release = new TestRelease(randomName());
    this.#others.push(release);
    await release.createNamespace();
    return release;
  }

  async hands(): Promise<Hands> {
    if (this.#hands === undefined) {
      const hands = new Hands(randomNamespace(), currentVersion.image);
      this.#hands = hands;
      await hands.start();
    }
    return this.#hands;
  }

  step(text: string): void {
    this.options.onStep(text);
  }

  /** Clients at work, `act`, and then the question whether everything still holds. */
  async underLoad(
    release: TestRelease,
    act: (load: Load) => Promise<void>,
    options: UnderLoadOptions = {},
  ): Promise<void> {
    const load = new Load(release);
    this.#load = load;
    try {
      await this.#underLoad(release, load, act, options);
    } finally {
      await load.remove();
    }
  }

  /** Writes down what tells why something is wrong, before it is taken away. Answers where, a directory for each release. */
  async keepEvidence(): Promise<string[]> {
    const releases = [...(this.#standing === undefined ? [] : [this.#standing]), ...this.#others];
    const directories = await Promise.all(releases.map(keepEvidence));
    const [first] = directories;
    if (first !== undefined) await this.#load?.writeJournals(first);
    return directories;
  }

  async #underLoad(
    release: TestRelease,
    load: Load,
    act: (load: Load) => Promise<void>,
    options: UnderLoadOptions,
  ): Promise<void> {
    this.step('waiting until the release is whole');
    await settled(release, wholeMs);
    this.step('clients begin to work');
    await load.start();
    const restarts = await restartsOf(release);
    const redisBefore = await redisVersion(release);
    this.step('the scenario takes its course');
    const startMs = performance.now();
    await act(load);
    this.step('waiting until everything is whole again');
    await settled(release, wholeMs);
    const healedAfterMs = options.healedAfterMs ?? Math.round(performance.now() - startMs);
    await load.recovered();
    this.step('counting every job that was acknowledged');
    const ledger = await load.finish();
    const states = await statesOf(release, notRun(ledger));
    const restarted =
      options.mayRestart === true ? [] : (await restartsOf(release)).filter((line) => !restarts.includes(line));
    const redis = [...new Set([redisBefore, await redisVersion(release)])].join(' to ');
    const evidence = { bound: this.#bound, ledger, states, restarted, strict: this.options.strict };
    this.violations.push(...violations(evidence));
    this.figures.push({
      acknowledged: ledger.acknowledged.size,
      lost: lostCount(evidence),
      failures: Object.fromEntries(ledger.failures),
      clientErrors: errorCount(ledger),
      longestStallMs: longestStallMs(ledger),
      healedAfterMs,
      redis,
    });
  }

  /** Claims all jobs of a queue that nobody else claims from: not one of these may be missing. */
  async expectJobs(release: TestRelease, queue: string, jobs: readonly { readonly id: string }[]): Promise<void> {
    const kept = await release.gateway((request) => claimAll(request, queue));
    const lost = jobs.filter(({ id }) => !kept.has(id)).length;
    if (lost > 0) this.violations.push(`lost: ${lost} of ${jobs.length} jobs of the queue ${queue}`);
  }

  /** Takes away what the scenario that has ended had of its own; the standing release too when it may be broken. */
  async end(isBroken: boolean): Promise<void> {
    for (const release of this.#others.splice(0)) await release.deleteNamespace();
    if (!isBroken) return;
    await this.#standing?.deleteNamespace();
    this.#standing = undefined;
  }

  async tearDown(): Promise<void> {
    await this.end(true);
    await this.#hands?.stop();
  }
}

/** The defaults, with small volumes and the load as one of the handlers. */
export const standingSettings: readonly string[] = ['redis.persistence.size=1Gi', ...pushSettings];

const randomName = (): string => `e2e-${Math.random().toString(36).slice(2, 7)}`;

/** What the queue itself knows of jobs that nobody has run. */
async function statesOf(release: TestRelease, ids: readonly string[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  if (ids.length === 0) return states;
  await release.gateway(async (request) => {
    for (const id of ids) {
      for (const queue of ['claimed', 'pushed']) {
        const { status, body } = await request('GET', `/api/v1/queues/${queue}/jobs/${encodeURIComponent(id)}`);
        if (status === 200) states.set(id, String(body['state']));
        else if (!states.has(id)) states.set(id, status === 404 ? 'missing' : 'unknown');
      }
    }
  });
  return states;
}
