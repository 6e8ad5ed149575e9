import { readFileSync } from 'node:fs';
import { App } from 'cdk8s';
import { parse } from 'yaml';
import { Bundle } from './bundle/index.js';
import { contextOf, InvalidValues, parseValues } from './render.js';
import { RefusedValues } from './template/index.js';

// `VALUES=file RELEASE=name NAMESPACE=ns npx cdk8s synth`: the plain rendering, under the values one would give to Helm.

const { VALUES, RELEASE = 'moorline', NAMESPACE = 'default' } = process.env;

try {
  const values = parseValues(VALUES === undefined ? {} : parse(readFileSync(VALUES, 'utf8')));
  const app = new App();
  new Bundle(app, 'moorline', contextOf(values, { name: RELEASE, namespace: NAMESPACE }));
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidValues || error instanceof RefusedValues)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
