import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { RefusedValues } from '../../../cdk8s/template/index.js';
import { difference, parseManifests } from './compare.js';
import { HelmRefused, helmTemplate } from './helm.js';
import { mergeValues } from './merge.js';

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** The plain rendering under complete values. @throws RefusedValues */
export type Synth = (values: unknown, release: Release) => readonly unknown[];

export interface EqualityOptions {
  readonly helm: string;
  /** How often Helm runs. */
  readonly runs: number;
  /**
   * How many of the runs may go to values that synth refuses; more of those are passed over.
   * @default a fifth of the runs
   */
  readonly refusedRuns?: number;
  /** Repeats a failed run; fast-check names it. */
  readonly seed?: number;
}

/** How many random values files were rendered, and refused, by both sides. */
export interface Equality {
  readonly rendered: number;
  readonly refused: number;
}

/**
 * Renders a chart under random values, by Helm and by synth.
 *
 * @throws Error with the smallest values file found under which the two differ.
 */
export async function equalityOf(
  chartDir: string,
  synth: Synth,
  values: fc.Arbitrary<unknown>,
  options: EqualityOptions,
): Promise<Equality> {
  const defaults = await defaultsOf(chartDir);
  const outcomes = { rendered: 0, refused: 0 };
  const { runs, helm, seed, refusedRuns = Math.ceil(runs / 5) } = options;
  const property = fc.asyncProperty(values, releases, async (some, release) => {
    const ours = attempt(() => synth(mergeValues(defaults, some), release));
    fc.pre(!isRefusal(ours) || outcomes.refused < refusedRuns);
    outcomes[compareWith(ours, await attemptHelm(chartDir, some, release, helm))] += 1;
  });
  await fc.assert(property, { numRuns: runs, maxSkipsPerRun: 1000, ...(seed === undefined ? {} : { seed }) });
  return outcomes;
}

/** Renders one values file on both sides. @throws Error when they differ. */
export async function compareOnce(
  chartDir: string,
  synth: Synth,
  values: unknown,
  release: Release,
  helm: string,
): Promise<keyof Equality> {
  const complete = mergeValues(await defaultsOf(chartDir), values);
  return compareWith(
    attempt(() => synth(complete, release)),
    await attemptHelm(chartDir, values, release, helm),
  );
}

function compareWith(ours: readonly unknown[] | RefusedValues, theirs: string | HelmRefused): keyof Equality {
  if (isRefusal(ours)) {
    if (!(theirs instanceof HelmRefused)) throw new Error(`only synth refuses: ${ours.message}`);
    if (ours.refused.some(({ message }) => theirs.message.includes(message))) return 'refused';
    throw new Error(`refused for different reasons: helm ${theirs.message} synth ${ours.message}`);
  }
  if (theirs instanceof HelmRefused) throw new Error(`only helm refuses: ${theirs.message}`);
  const found = difference(parseManifests(theirs), ours);
  if (found !== undefined) throw new Error(`the renderings differ ${found}`);
  return 'rendered';
}

const defaultsOf = async (chartDir: string): Promise<unknown> =>
  parse(await readFile(join(chartDir, 'values.yaml'), 'utf8'));

/** By its name: a mutant of the engine has a class of its own. */
const isRefusal = (result: readonly unknown[] | RefusedValues): result is RefusedValues =>
  result instanceof Error && isRefusalError(result);
const isRefusalError = (error: unknown): error is RefusedValues =>
  error instanceof Error && error.name === 'RefusedValues';

/** Helm takes DNS names; some of them are words of YAML. */
const releases: fc.Arbitrary<Release> = fc.record({
  name: fc.oneof(
    fc.constantFrom('moorline', 'on', 'null', '123', '1e3', 'a'.repeat(53)),
    fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/),
  ),
  namespace: fc.constantFrom('default', 'on', '42', 'team-a'),
});

function attempt(synth: () => readonly unknown[]): readonly unknown[] | RefusedValues {
  try {
    return synth();
  } catch (error) {
    if (isRefusalError(error)) return error;
    throw error;
  }
}

async function attemptHelm(
  chart: string,
  values: unknown,
  release: Release,
  helm: string,
): Promise<string | HelmRefused> {
  const directory = await mkdtemp(join(tmpdir(), 'moorline-values-'));
  const valuesFile = join(directory, 'values.yaml');
  try {
    await writeFile(valuesFile, valuesText(values));
    return await helmTemplate({ helm, chart, valuesFile, release: release.name, namespace: release.namespace });
  } catch (error) {
    if (error instanceof HelmRefused) return error;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Every string in quotes: what is tested is the chart, not how Helm guesses types. */
export const valuesText = (values: unknown): string =>
  stringify(values, {
    version: '1.1',
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
  });
