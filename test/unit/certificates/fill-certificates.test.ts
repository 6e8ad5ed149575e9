import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fillCertificates, parseWanted } from '../../../app/certificates/fill-certificates.js';
import { MemorySecrets } from '../../support/memory-secrets.js';

const wanted = [{ secret: 'redis-tls', names: ['redis'] }];

describe('filling Secrets with certificates', () => {
  test('makes an authority once, and what it signs', async () => {
    const secrets = new MemorySecrets({ authority: {}, 'redis-tls': {} });
    expect(await fillCertificates(secrets, 'authority', wanted)).toEqual(['authority', 'redis-tls']);
    const texts = secrets.texts('redis-tls');
    expect(Object.keys(texts).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(texts['ca.crt']).toBe(secrets.texts('authority')['tls.crt']);
    const signer = new X509Certificate(texts['ca.crt'] ?? '').publicKey;
    expect(new X509Certificate(texts['tls.crt'] ?? '').verify(signer)).toBe(true);
    expect(await fillCertificates(secrets, 'authority', wanted)).toEqual([]);
  });

  test('renews what ends soon, and keeps the authority', async () => {
    const secrets = new MemorySecrets({ authority: {}, 'redis-tls': {} });
    await fillCertificates(secrets, 'authority', wanted);
    const authority = secrets.texts('authority');
    const soon = new Date(Date.now() + 70 * 86_400_000);
    expect(await fillCertificates(secrets, 'authority', wanted, soon)).toEqual(['redis-tls']);
    expect(secrets.texts('authority')).toEqual(authority);
  });

  test('takes what another pod has written first', async () => {
    const secrets = new MemorySecrets({ authority: {}, 'redis-tls': {} });
    const other = new MemorySecrets({ authority: {}, 'redis-tls': {} });
    await fillCertificates(other, 'authority', wanted);
    secrets.beforeChange = (name) => {
      secrets.overwrite(name, other.texts(name));
    };
    expect(await fillCertificates(secrets, 'authority', wanted)).toEqual([]);
    expect(secrets.texts('redis-tls')).toEqual(other.texts('redis-tls'));
  });
});

test.each([
  ['redis-tls=redis,localhost', { secret: 'redis-tls', names: ['redis', 'localhost'] }],
  ['redis-tls', undefined],
  ['redis-tls=a b', undefined],
])('%s is read as %j', (text, expected) => {
  expect(parseWanted(text)).toEqual(expected);
});
