import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as engine from '../../../cdk8s/template/index.js';
import { arbitraryValues } from '../support/arbitrary-values.js';
import { compareOnce, equalityOf } from '../support/equality.js';
import { findHelm, findHelm4 } from '../support/helm.js';
import { syntheticChart } from './synthetic-chart.js';
import { fixedCases, syntheticSchema } from './synthetic-values.js';
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

  test('agree on random values', async () => {
    const outcome = await equalityOf(chart, synth, arbitraryValues(syntheticSchema), {
      helm,
      runs: Number(process.env.RUNS ?? 100),
    });
    expect(outcome.rendered).toBeGreaterThan(0);
  }, 3_600_000);
});
