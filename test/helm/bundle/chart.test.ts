import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { InvalidValues, parseValues } from '../../../cdk8s/render.js';
import { chartFiles } from '../../../cdk8s/write-chart.js';
import { examples } from '../../support/examples.js';
import { difference, parseManifests } from '../support/compare.js';
import { findHelm, HelmRefused, helmTemplate } from '../support/helm.js';
import { invalidValues } from './invalid-values.js';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const chart = join(repository, 'charts/moorline');
const helm = findHelm();

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moorline-chart-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the chart that is committed', () => {
  test('is what make chart writes', async () => {
    const entries = await readdir(chart, { recursive: true, withFileTypes: true });
    const committed = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(chart.length + 1));
    const written = chartFiles();
    expect(committed.sort()).toEqual([...written.keys()].sort());
    for (const [path, text] of written) expect([path, await readFile(join(chart, path), 'utf8')]).toEqual([path, text]);
  });

  test('reads like one written by hand: short files, no long lines', () => {
    for (const [path, text] of chartFiles()) {
      if (!path.startsWith('templates/')) continue;
      const lines = text.split('\n');
      expect([path, lines.length <= 301]).toEqual([path, true]);
      expect([path, lines.filter((line) => line.length > 160)]).toEqual([path, []]);
    }
  });

  test.each(examples)('passes helm lint --strict with examples/values/%s', async (example) => {
    const values = join(repository, 'examples/values', example);
    const { stdout } = await run(helm, ['lint', '--strict', chart, '--values', values]);
    expect(stdout).toContain('0 chart(s) failed');
  });

  test('works as a subchart, under its own values and the global ones', async () => {
    const parent = join(directory, 'parent');
    await mkdir(join(parent, 'charts'), { recursive: true });
    await cp(chart, join(parent, 'charts/moorline'), { recursive: true });
    await writeFile(join(parent, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'parent', version: '1.0.0' }));
    await writeFile(
      join(parent, 'values.yaml'),
      stringify({ global: { team: 'a' }, moorline: { redis: { replicas: 5 } } }),
    );
    const text = await helmTemplate({ helm, chart: parent, release: 'app' });
    const alone = join(directory, 'alone.yaml');
    await writeFile(alone, stringify({ redis: { replicas: 5 } }));
    expect(
      difference(
        parseManifests(text),
        parseManifests(await helmTemplate({ helm, chart, valuesFile: alone, release: 'app' })),
      ),
    ).toBeUndefined();
  });
});

test('cdk8s synth writes what helm template prints', async () => {
  const values = join(repository, 'examples/values/production.yaml');
  await run('npx', ['--no-install', 'cdk8s', 'synth', '--check-upgrade=false', '--output', join(directory, 'dist')], {
    cwd: repository,
    env: { ...process.env, VALUES: values, RELEASE: 'team', NAMESPACE: 'messaging' },
  });
  const [file, ...others] = await readdir(join(directory, 'dist'));
  expect(others).toEqual([]);
  const synthesized = parseManifests(await readFile(join(directory, 'dist', file ?? ''), 'utf8'));
  const printed = await helmTemplate({ helm, chart, valuesFile: values, release: 'team', namespace: 'messaging' });
  expect(difference(parseManifests(printed), synthesized)).toBeUndefined();
});

test('cdk8s synth ends with one line for each refused combination, and without a stack', async () => {
  const values = join(directory, 'refused.yaml');
  await writeFile(values, stringify({ sentinel: { replicas: 4 } }));
  const main = join(repository, 'build/cdk8s/main.js');
  const failed = await run('node', [main], { env: { ...process.env, VALUES: values } }).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sentinel\.replicas is 4[^\n]*\n$/) });
});

describe('values that break the schema are refused by Helm and by synth', () => {
  test.each(invalidValues.map((values) => [JSON.stringify(values), values] as const))('%s', async (name, values) => {
    const file = join(directory, `${Buffer.from(name).toString('base64url').slice(0, 80)}.yaml`);
    await writeFile(file, stringify(values));
    expect(() => parseValues(values)).toThrow(InvalidValues);
    await expect(helmTemplate({ helm, chart, valuesFile: file })).rejects.toThrow(HelmRefused);
  });
});
