import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type KubernetesObject, parseValues, renderManifests } from '../../cdk8s/render.js';

const directory = new URL('../../../examples/values/', import.meta.url);

/** The files of examples/values. */
export const examples = readdirSync(directory).filter((file) => file.endsWith('.yaml'));

export const exampleText = (file: string): string => readFileSync(new URL(file, directory), 'utf8');

export const renderExample = (file: string): KubernetesObject[] =>
  renderManifests(parseValues(parse(exampleText(file))), { name: 'policy', namespace: 'messaging' });
