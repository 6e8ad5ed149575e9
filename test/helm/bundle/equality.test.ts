import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseValues, renderManifests } from '../../../cdk8s/render.js';
import { schema } from '../../../cdk8s/values/index.js';
import { exampleText, examples } from '../../support/examples.js';
import { refusedExamples } from '../../support/refused.js';
import { arbitraryValues, type ValuesSchema } from '../support/arbitrary-values.js';
import { compareOnce, equalityOf, type Synth } from '../support/equality.js';
import { findHelm, findHelm4 } from '../support/helm.js';
import { acceptable } from './acceptable.js';

const chart = fileURLToPath(new URL('../../../../charts/moorline', import.meta.url));
const release = { name: 'team', namespace: 'messaging' };
const synth: Synth = (values, to) => renderManifests(parseValues(values), to);
const runs = Number(process.env['RUNS'] ?? 200);
const programs = [
  ['Helm 3', findHelm()],
  ['Helm 4', findHelm4()],
] as const;

describe.each(programs.filter(([, helm]) => helm !== undefined))('%s and synth', (_, path) => {
  const helm = path ?? '';

  test('say the same under random values', async () => {
    const random = arbitraryValues(schema as ValuesSchema).chain((values) =>
      fc.oneof(
        { arbitrary: fc.constant(acceptable(values)), weight: 9 },
        { arbitrary: fc.constant(values), weight: 1 },
      ),
    );
    const outcome = await equalityOf(chart, synth, random, { helm, runs });
    // Most of the values have to get past the checks, or little would be compared.
    expect(outcome.rendered).toBeGreaterThan(runs / 2);
  }, 3_600_000);

  test.each(examples)('say the same under examples/values/%s', async (example) => {
    expect(await compareOnce(chart, synth, parse(exampleText(example)), release, helm)).toBe('rendered');
  });

  test.each(refusedExamples.map(({ says, values }) => [says, values] as const))(
    'both refuse: %s',
    async (_says, values) => {
      expect(await compareOnce(chart, synth, values, release, helm)).toBe('refused');
    },
  );
});
