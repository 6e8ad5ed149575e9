import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from './faults/fault.js';
import { whyNot } from './faults/needs.js';
import { WorkerRuns } from './load/worker-runs.js';
import { Random } from './random.js';
import { type RoundResult, runRound } from './round.js';
import { Stack } from './stack/stack.js';

export interface ExperimentOptions {
  readonly faults: readonly Fault[];
  readonly rounds: number;
  readonly seed: string;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

/** Hears what happens while it happens. */
export interface Reporter {
  step(text: string): void;
  roundEnded(round: number, result: RoundResult): void;
  /** A fault that this machine cannot have. */
  skipped(fault: Fault, reason: string): void;
  /** Where the logs of a broken round are. */
  kept(directory: string): void;
}

/** Every fault in its rounds, on one stack as long as nothing breaks it. */
export async function runExperiment(options: ExperimentOptions): Promise<readonly RoundResult[]> {
  const lab = new Lab(options);
  const results: RoundResult[] = [];
  try {
    for (const fault of options.faults) results.push(...(await lab.try(fault)));
  } finally {
    await lab.tearDown();
  }
  return results;
}

interface Standing {
  readonly stack: Stack;
  readonly runs: WorkerRuns;
  readonly prepared: Set<Fault>;
}

class Lab {
  #standing: Standing | undefined;

  readonly #interrupted: Promise<never>;

  constructor(private readonly options: ExperimentOptions) {
    this.#interrupted = interruptedBy(options.signal);
    // Between the rounds nobody listens.
    this.#interrupted.catch(() => undefined);
  }

  async try(fault: Fault): Promise<RoundResult[]> {
    const { report, rounds, signal } = this.options;
    const reason = whyNot(fault.needs);
    if (reason !== undefined) {
      report.skipped(fault, reason);
      return [];
    }
    const results: RoundResult[] = [];
    for (let round = 1; round <= rounds && !signal.aborted; round += 1) {
      const result = await this.#round(fault, round);
      if (hasEnded(signal)) break;
      report.roundEnded(round, result);
      results.push(result);
      if (result.violations.length > 0) await this.#keepLogs();
    }
    return results;
  }

  async tearDown(): Promise<void> {
    const stack = this.#standing?.stack;
    this.#standing = undefined;
    if (stack === undefined) return;
    this.options.report.step('stopping the stack');
    await stack.stop();
  }

  /** A round that cannot even be brought to its end is broken, too. */
  async #round(fault: Fault, round: number): Promise<RoundResult> {
    const { seed, strict, report } = this.options;
    const random = new Random(`${seed}/${fault.name}/${round}`);
    const { stack, runs, prepared } = await this.#standingStack();
    const onStep = (text: string): void => {
      report.step(`${fault.name} ${round} of ${this.options.rounds}: ${text}`);
    };
    try {
      if (!prepared.has(fault)) await fault.prepare?.(stack);
      prepared.add(fault);
      return await Promise.race([runRound({ stack, runs, fault, random, strict, onStep }), this.#interrupted]);
    } catch (error) {
      return brokenOff(fault, random.seed, (error as Error).message.trim());
    }
  }

  async #standingStack(): Promise<Standing> {
    if (this.#standing === undefined) {
      this.options.report.step('starting a stack of its own');
      const stack = new Stack();
      this.#standing = { stack, runs: new WorkerRuns(stack.runsFile), prepared: new Set() };
      await stack.start();
    }
    return this.#standing;
  }

  /** What a violation has left behind must not count against the next round: that one gets a new stack. */
  async #keepLogs(): Promise<void> {
    const directory = mkdtempSync(join(tmpdir(), 'moorline-lab-logs-'));
    this.#standing?.stack.copyLogs(directory);
    this.options.report.kept(directory);
    await this.tearDown();
  }
}

/** A round that was interrupted says nothing. */
const hasEnded = ({ aborted }: AbortSignal): boolean => aborted;

/** Rejects when nobody wants to know any more; the round that runs is left to its end, which is that of its stack. */
async function interruptedBy(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('interrupted');
}

const brokenOff = (fault: Fault, seed: string, message: string): RoundResult => ({
  fault: fault.name,
  seed,
  acknowledged: 0,
  lost: 0,
  repeated: 0,
  failures: {},
  backAfterMs: 0,
  gapsMs: {},
  violations: [`round: ${message}`],
});
