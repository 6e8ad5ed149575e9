import { once } from 'node:events';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, connect, type Server } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { issueCertificate, makeAuthority, type KeyPair } from '../../../app/certificates/certificate.js';
import { isAuthorityDue, isCertificateDue } from '../../../app/certificates/due.js';

const now = new Date('2030-01-31T12:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const authority = makeAuthority('test', { from: now, days: 3650 });
const names = ['redis.example', 'localhost'];
const certificate = issueCertificate(authority, names, { from: now, days: 90 });

describe('a certificate', () => {
  test('is of its authority, for its names, for as long as was asked', () => {
    const parsed = new X509Certificate(certificate.certificate);
    const issuer = new X509Certificate(authority.certificate);
    expect(parsed.checkIssued(issuer) && parsed.verify(issuer.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(certificate.key))).toBe(true);
    expect([parsed.ca, issuer.ca]).toEqual([false, true]);
    expect(names.map((name) => parsed.checkHost(name))).toEqual(names);
    expect(parsed.checkHost('other.example')).toBeUndefined();
    expect(new Date(parsed.validFrom)).toEqual(now);
    expect(new Date(parsed.validTo)).toEqual(later(90));
  });

  describe('of a server', () => {
    let server: Server | undefined;
    afterEach(() => {
      server?.close();
    });

    test.each([
      ['redis.example', undefined],
      ['other.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('is checked for the name %s', async (servername, code) => {
      const from = new Date(Date.now() - 60_000);
      const own = makeAuthority('test', { from, days: 2 });
      const { certificate: cert, key } = issueCertificate(own, names, { from, days: 1 });
      server = createServer({ cert, key }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const outcome = await new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', servername, ca: own.certificate }, () => {
          resolve(undefined);
          socket.destroy();
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code);
        });
      });
      expect(outcome).toBe(code);
    });
  });
});

describe('a certificate is issued anew', () => {
  const isDue = (stored: Partial<KeyPair>, day = 0, wanted: readonly string[] = names, by = authority) =>
    isCertificateDue(stored, { names: wanted, authority: by, now: later(day) });

  test.each<[string, boolean, boolean]>([
    ['not while it is good', isDue(certificate), false],
    ['not 31 days before it ends', isDue(certificate, 59), false],
    ['29 days before it ends', isDue(certificate, 61), true],
    ['when it has ended', isDue(certificate, 91), true],
    ['when there is none', isDue({}), true],
    ['when its key is missing', isDue({ certificate: certificate.certificate }), true],
    ['when it is no certificate', isDue({ certificate: 'text', key: 'text' }), true],
    ['not for the same names in another order', isDue(certificate, 0, ['localhost', 'redis.example']), false],
    ['for one more name', isDue(certificate, 0, [...names, 'more.example']), true],
    ['by another authority', isDue(certificate, 0, names, makeAuthority('test', { from: now, days: 3650 })), true],
  ])('%s', (_when, due, expected) => {
    expect(due).toBe(expected);
  });

  test.each<[string, boolean, boolean]>([
    ['not while it is good', isAuthorityDue(authority, now), false],
    ['in its last year', isAuthorityDue(authority, later(3650 - 364)), true],
    ['when there is none', isAuthorityDue({}, now), true],
    ['when it may not sign', isAuthorityDue(certificate, now), true],
  ])('and an authority is made anew %s', (_when, due, expected) => {
    expect(due).toBe(expected);
  });
});
