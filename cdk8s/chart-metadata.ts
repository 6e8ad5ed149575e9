import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Chart.yaml. Chart and application are released together, so they have one version. */
export const chartMetadata = {
  apiVersion: 'v2',
  name: 'moorline',
  version: manifest.version,
  appVersion: manifest.version,
  type: 'application',
  description:
    'Highly available Redis that heals itself and loses nothing it acknowledged, with a queue, an event bus, live results and tasks.',
  keywords: ['redis', 'sentinel', 'queue', 'jobs', 'messaging'],
  annotations: {
    'artifacthub.io/category': 'database',
    'artifacthub.io/license': 'Apache-2.0',
    'artifacthub.io/operator': 'false',
    'artifacthub.io/images': [
      `- { name: moorline, image: 'docker.io/moorline/moorline:${manifest.version}' }`,
      "- { name: redis, image: 'docker.io/library/redis:8.0' }",
      '',
    ].join('\n'),
  },
} as const;
