import { expect, test } from '@jest/globals';
import { parseValues, renderManifests } from '../../../cdk8s/render.js';

const digest = `sha256:${'0a'.repeat(32)}`;
const imagesOf = (values: object): string[] => {
  const text = JSON.stringify(renderManifests(parseValues(values), { name: 'one', namespace: 'messaging' }));
  return [...new Set([...text.matchAll(/"image":"([^"]+)"/g)].map(([, image = '']) => image))].sort();
};

test.each<[string, object, string[]]>([
  ['their own registry', { image: { tag: '1' } }, ['docker.io/library/redis:8.0', 'docker.io/moorline/moorline:1']],
  [
    'the registry of a mirror',
    { global: { imageRegistry: 'mirror.example.com:5000/hub' }, image: { tag: '1' } },
    ['mirror.example.com:5000/hub/library/redis:8.0', 'mirror.example.com:5000/hub/moorline/moorline:1'],
  ],
  [
    'no registry, by their digests',
    { image: { registry: '', digest }, redis: { image: { registry: '', digest } } },
    [`library/redis@${digest}`, `moorline/moorline@${digest}`],
  ],
])('images come from %s', (_where, values, images) => {
  expect(imagesOf(values)).toEqual(images);
});

test('objects that the user adds are part of the release as they are', () => {
  const extra = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'mine' },
    data: { text: '{{ not a template }}' },
  };
  const objects = renderManifests(parseValues({ extraObjects: [extra] }), { name: 'one', namespace: 'messaging' });
  expect(objects).toContainEqual({ apiVersion: 'v1', kind: 'List', items: [extra] });
});
