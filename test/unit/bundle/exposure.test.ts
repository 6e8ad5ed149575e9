import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, parseValues, renderManifests } from '../../../cdk8s/render.js';

const render = (gateway: object): KubernetesObject[] =>
  renderManifests(parseValues({ gateway }), { name: 'one', namespace: 'messaging' });
const find = (objects: KubernetesObject[], kind: string) => objects.find((object) => object.kind === kind);
const backend = { service: { name: 'one-moorline-gateway', port: { name: 'http' } } };
const paths = [{ path: '/', pathType: 'Prefix', backend }];

test('the gateway is reached inside the cluster alone, unless the values say more', () => {
  const kinds = render({}).map(({ kind }) => kind);
  expect(kinds).not.toContain('Ingress');
  expect(kinds).not.toContain('HTTPRoute');
});

describe('an Ingress', () => {
  test('answers to its names, with a certificate', () => {
    const objects = render({
      ingress: {
        enabled: true,
        className: 'nginx',
        hosts: ['a.example.com', 'b.example.com'],
        tlsSecret: 'example-tls',
      },
    });
    expect(find(objects, 'Ingress')).toMatchObject({
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example.com', 'b.example.com'], secretName: 'example-tls' }],
        rules: [
          { host: 'a.example.com', http: { paths } },
          { host: 'b.example.com', http: { paths } },
        ],
      },
    });
  });

  test('answers to all names where none is given', () => {
    expect(find(render({ ingress: { enabled: true } }), 'Ingress')).toMatchObject({
      spec: { rules: [{ http: { paths } }] },
    });
  });
});

test('an HTTPRoute attaches to the Gateways that the values name, and leads to the port of the Service', () => {
  const parentRefs = [{ name: 'public', namespace: 'infra', sectionName: 'https' }];
  const objects = render({
    service: { port: 80 },
    httpRoute: { enabled: true, parentRefs, hostnames: ['jobs.example.com'] },
  });
  expect(find(objects, 'HTTPRoute')).toMatchObject({
    apiVersion: 'gateway.networking.k8s.io/v1',
    spec: {
      parentRefs,
      hostnames: ['jobs.example.com'],
      rules: [{ backendRefs: [{ name: 'one-moorline-gateway', port: 80 }] }],
    },
  });
});

describe('tokens with scopes', () => {
  test.each([
    [{}, 'one-moorline-auth'],
    [{ auth: { existingSecret: 'ours' } }, 'ours'],
    [{ auth: { existingSecret: 'ours', tokensSecret: 'tokens' } }, 'tokens'],
  ])('under %j come from the Secret %s, which need not have them', (values, secret) => {
    const objects = renderManifests(parseValues(values), { name: 'one', namespace: 'messaging' });
    const gateway = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-gateway'));
    const items = [{ key: 'gateway-tokens', path: 'gateway-tokens' }];
    expect(gateway).toMatchObject({
      spec: {
        template: {
          spec: {
            volumes: expect.arrayContaining([
              { name: 'tokens', secret: { secretName: secret, optional: true, defaultMode: 0o440, items } },
            ]),
          },
        },
      },
    });
  });
});
