import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from './clock.js';
import type { Fault } from './faults/fault.js';
import { invariants } from './invariants/index.js';
import type { Evidence } from './invariants/invariant.js';
import { Client } from './load/client.js';
import { endsOf } from './load/ends.js';
import { Journal } from './load/journal.js';
import { Load } from './load/load.js';
import type { WorkerRuns } from './load/worker-runs.js';
import type { Random } from './random.js';
import type { Stack } from './stack/stack.js';
import { writableNodes } from './stack/views.js';

/** Jobs of a dead worker wait for their lease, and refused settlements for a backoff. */
const endMs = 90_000;
const calmMs = 1000;

export interface RoundOptions {
  readonly stack: Stack;
  readonly runs: WorkerRuns;
  readonly fault: Fault;
  readonly random: Random;
  readonly strict: boolean;
  /** Told what happens, for people. */
  readonly onStep: (text: string) => void;
}

/** What came of one fault. */
export interface RoundResult {
  readonly fault: string;
  readonly seed: string;
  readonly acknowledged: number;
  readonly lost: number;
  /** Jobs that were handed out more than once. */
  readonly repeated: number;
  /** What calls have failed of -> how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** The longest that any client went without what it wanted. */
  readonly backAfterMs: number;
  readonly gapsMs: Readonly<Record<string, number>>;
  /** `invariant: what is wrong`; empty when all held. */
  readonly violations: readonly string[];
}

/** Clients at work, a fault, its healing, and then the question whether everything still holds. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { stack, runs, random, fault, onStep } = options;
  onStep('clients begin to work');
  const load = new Load(stack, runs, random);
  try {
    await load.started();
    await sleep(random.between(300, 1500));
    onStep(fault.title);
    const watchedFromMs = await injectAndHeal(options);
    onStep('waiting until everything is whole again');
    await stack.settled();
    await load.recovered();
    await sleep(calmMs);
    const untilMs = nowMs();
    onStep('looking for every job that was acknowledged');
    await load.stopProducing();
    const ends = await endsOf(checker(stack), load.journal.acknowledged, endMs);
    await load.stop();
    const gapsMs = gapsOf(load.journal, fault, watchedFromMs, untilMs);
    return resultOf(random.seed, {
      fault,
      journal: load.journal,
      ends,
      writableNodes: await writableNodes(stack),
      gapsMs,
      strict: options.strict,
    });
  } finally {
    await load.stop();
  }
}

/** Returns from when on clients are watched: from the fault, or from the healing of an outage. */
async function injectAndHeal({ stack, random, fault }: RoundOptions): Promise<number> {
  const injectedMs = nowMs();
  const heal = await fault.inject(stack, random);
  await sleep(random.between(...(fault.lastsMs ?? [0, 0])));
  const healedMs = nowMs();
  await heal();
  return fault.isOutage === true ? healedMs : injectedMs;
}

/** A client of the lab itself, whose failures are nobody's. */
function checker({ connection }: Stack): Client {
  return new Client(connection.MOORLINE_URL, connection.MOORLINE_TOKEN, new Journal());
}

function gapsOf({ pulses }: Journal, { victim }: Fault, fromMs: number, untilMs: number): Map<string, number> {
  const others = [...pulses].filter(([client]) => client !== victim);
  return new Map(others.map(([client, pulse]) => [client, Math.round(pulse.longestGapMs(fromMs, untilMs))]));
}

function resultOf(seed: string, evidence: Evidence): RoundResult {
  const { fault, journal, ends, gapsMs } = evidence;
  const deliveries = new Set([...journal.deliveries.values()].map(({ id }) => id));
  return {
    fault: fault.name,
    seed,
    acknowledged: journal.acknowledged.size,
    lost: [...ends.values()].filter(({ state }) => state === 'missing').length,
    repeated: journal.deliveries.size - deliveries.size,
    failures: Object.fromEntries(journal.failures),
    backAfterMs: Math.max(...gapsMs.values()),
    gapsMs: Object.fromEntries(gapsMs),
    violations: invariants.flatMap((invariant) =>
      invariant.violations(evidence).map((violation) => `${invariant.name}: ${violation}`),
    ),
  };
}
