import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseValues, renderManifests, type KubernetesObject } from '../../cdk8s/render.js';
import { schema } from '../../cdk8s/values/index.js';
import { acceptable } from '../helm/bundle/acceptable.js';
import { arbitraryValues, type ValuesSchema } from '../helm/support/arbitrary-values.js';
import { exampleText, examples } from '../support/examples.js';
import { checkedHere } from './support/checked-here.js';
import { randomNamespace } from './support/release.js';
import { dryRun, kubectl } from './support/tools.js';

const runs = Number(process.env['RUNS'] ?? 20);

describe('the API server takes, without keeping them, all objects', () => {
  const namespace = randomNamespace();
  const render = (values: unknown, name: string): KubernetesObject[] =>
    renderManifests(parseValues(values), { name, namespace }).filter(isBuiltIn);

  beforeAll(() => kubectl('create', 'namespace', namespace));
  afterAll(() => kubectl('delete', 'namespace', namespace));

  test.each(examples)('of examples/values/%s', async (example) => {
    await dryRun(namespace, render(parse(exampleText(example)), 'example'));
  });

  test('of random values', async () => {
    const random = arbitraryValues(checkedHere(schema as ValuesSchema)).map(acceptable);
    const property = fc.asyncProperty(random, (values) => dryRun(namespace, render(values, 'random')));
    await fc.assert(property, { numRuns: runs, endOnFailure: true });
    expect(runs).toBeGreaterThan(0);
  }, 3_600_000);
});

/** The Gateway API comes with a cluster, or not. */
const isBuiltIn = ({ apiVersion }: KubernetesObject): boolean => !apiVersion.startsWith('gateway.networking.k8s.io/');
