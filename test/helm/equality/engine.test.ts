import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as engine from '../../../cdk8s/template/index.js';
import { arbitraryValues } from '../support/arbitrary-values.js';
import { compareOnce, equalityOf, valuesText } from '../support/equality.js';
import { findHelm, findHelm4, HelmRefused, helmTemplate } from '../support/helm.js';
import { syntheticChart } from './synthetic-chart.js';
import { fixedCases, invalidCases, syntheticSchema, SyntheticValues } from './synthetic-values.js';
import { writeChart } from './write-chart.js';

const release = { name: 'moorline', namespace: 'default' };
const programs: [string, string | undefined][] = [
  ['Helm 3', findHelm()],
  ['Helm 4', findHelm4()],
];

describe.each(programs.filter(([, helm]) => helm !== undefined))('the engine and %s', (_, path) => {
  const helm = path ?? '';
  const { files, synth } = syntheticChart(engine);
  let chart = '';
  beforeAll(async () => {
    chart = await writeChart(files);
  });
  afterAll(async () => {
    await rm(chart, { recursive: true });
  });

  test.each(fixedCases.map((values, at) => [at, values]))('agree on fixed case %i', async (_at, values) => {
    await compareOnce(chart, synth, values, release, helm);
  });

  test.each(invalidCases)('both refuse %s', async (_reason, values) => {
    expect(SyntheticValues.safeParse(values).success).toBe(false);
    const valuesFile = join(chart, 'invalid.yaml');
    await writeFile(valuesFile, valuesText(values));
    await expect(helmTemplate({ helm, chart, valuesFile })).rejects.toThrow(HelmRefused);
  });

  test('agree on random values', async () => {
    const outcome = await equalityOf(chart, synth, arbitraryValues(syntheticSchema), {
      helm,
      runs: Number(process.env.RUNS ?? 100),
    });
    expect(outcome.rendered).toBeGreaterThan(0);
  }, 3_600_000);
});
