import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { chartFile, includeWhen, Manifest, not, type TemplateChart } from '../template/index.js';
import { isExternalMode } from './inputs.js';
import { metadataOf, names } from './names.js';

const directory = new URL('../../../cdk8s/scripts/', import.meta.url);

/** The scripts of cdk8s/scripts, as they are: nothing is written into shell at rendering. */
export const scripts: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(directory)
    .filter((file) => file.endsWith('.sh'))
    .sort()
    .map((file) => [file, readFileSync(new URL(file, directory), 'utf8')]),
);

/** Pods that run the scripts roll when the scripts change. */
export const scriptsChecksum = createHash('sha256').update(JSON.stringify(scripts)).digest('hex');

export const addScripts = (chart: TemplateChart): void => {
  includeWhen(
    new Manifest<V1ConfigMap>(chart, 'scripts-configmap', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadataOf(names.scripts),
      data: Object.fromEntries(
        Object.entries(scripts).map(([file, text]) => [file, chartFile(`scripts/${file}`, text)]),
      ),
    }),
    not(isExternalMode),
  );
};
