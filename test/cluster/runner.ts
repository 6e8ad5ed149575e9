import { once } from 'node:events';
import type { Scenario } from './scenarios/scenario.js';
import { Stage, type Figures } from './stage.js';

export interface RunOptions {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly strict: boolean;
  /** After so many no scenario is begun any more. */
  readonly minutes: number;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

/** Hears what happens while it happens. */
export interface Reporter {
  step(text: string): void;
  ended(result: Result): void;
  /** Why a scenario cannot run on this cluster: it is not green. */
  notRun(scenario: Scenario, reason: string): void;
}

export interface Result {
  readonly scenario: Scenario;
  readonly round: number;
  /** One for each part under load. */
  readonly figures: readonly Figures[];
  /** From its begin to its end, with the installation of what it needs. */
  readonly tookMs: number;
  /** What did not hold; empty when all did. */
  readonly violations: readonly string[];
}

/** Every scenario in its rounds, on one release as long as nothing breaks it. */
export async function runScenarios(options: RunOptions): Promise<readonly Result[]> {
  const { scenarios, rounds, signal, report } = options;
  const scene = { now: '' };
  const stage = new Stage({
    strict: options.strict,
    onStep: (text) => {
      report.step(`${scene.now}: ${text}`);
    },
  });
  const results: Result[] = [];
  const endMs = performance.now() + options.minutes * 60_000;
  const interrupted = interruptedBy(signal);
  interrupted.catch(() => undefined);
  try {
    for (const scenario of scenarios) {
      const reason = isPast(endMs)
        ? `no scenario is begun after ${options.minutes} minutes`
        : await scenario.whyNot?.();
      if (reason !== undefined) report.notRun(scenario, reason);
      for (let round = 1; reason === undefined && round <= rounds; round += 1) {
        if (signal.aborted) return results;
        scene.now = rounds === 1 ? scenario.name : `${scenario.name} ${round} of ${rounds}`;
        const result = await play(stage, scenario, round, interrupted);
        results.push(result);
        report.ended(result);
        await stage.end(result.violations.length > 0);
      }
    }
  } finally {
    report.step('taking everything away');
    await stage.tearDown();
  }
  return results;
}

const isPast = (atMs: number): boolean => performance.now() > atMs;

async function play(stage: Stage, scenario: Scenario, round: number, interrupted: Promise<never>): Promise<Result> {
  const startMs = performance.now();
  stage.begin(scenario.bound);
  // A scenario that cannot even be brought to its end is broken, too.
  const broken = await Promise.race([scenario.run(stage), interrupted]).then(
    () => [],
    (error: unknown) => [`broken off: ${(error as Error).message.trim()}`],
  );
  const tookMs = performance.now() - startMs;
  const violations = [...stage.violations, ...broken];
  const kept = violations.length === 0 ? [] : await stage.keepEvidence();
  return {
    scenario,
    round,
    figures: [...stage.figures],
    tookMs,
    violations: [...violations, ...kept.map((directory) => `what is known is in ${directory}`)],
  };
}

async function interruptedBy(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('interrupted');
}
