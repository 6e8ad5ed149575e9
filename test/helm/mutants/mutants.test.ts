import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { syntheticChart } from '../equality/synthetic-chart.js';
import type { Engine } from '../equality/synthetic-helpers.js';
import { fixedCases, syntheticSchema } from '../equality/synthetic-values.js';
import { writeChart } from '../equality/write-chart.js';
import { arbitraryValues } from '../support/arbitrary-values.js';
import { compareOnce } from '../support/equality.js';
import { findHelm } from '../support/helm.js';
import { withMutatedEngine } from './mutated-engine.js';
import { mutants } from './mutants.js';

const release = { name: 'moorline', namespace: 'default' };
/** The same in every run, so that a mutant is noticed or not whenever the test runs. */
const cases = [...fixedCases, ...fc.sample(arbitraryValues(syntheticSchema), { seed: 7, numRuns: 10 })];

test('an engine without a fault passes', async () => {
  expect(await withMutatedEngine(undefined, faultFound)).toBeUndefined();
});

test.each(mutants)('the comparison with Helm notices $fault', async (mutant) => {
  expect(await withMutatedEngine(mutant, faultFound)).toBeDefined();
});

/** The first difference between Helm and this engine, or what it throws. */
async function faultFound(engine: Engine): Promise<string | undefined> {
  const { files, synth } = syntheticChart(engine);
  const chart = await writeChart(files);
  try {
    for (const values of cases) await compareOnce(chart, synth, values, release, findHelm());
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await rm(chart, { recursive: true });
  }
}
