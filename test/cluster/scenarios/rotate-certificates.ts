import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { issueCertificate, type KeyPair } from '../../../app/certificates/certificate.js';
import { standingSettings } from '../stage.js';
import type { TestRelease } from '../support/release.js';
import { eventually, withPortForward } from '../support/tools.js';
import { planned, type Scenario } from './scenario.js';

/** The kubelet brings a changed Secret within two minutes, and Sentinels start anew one after the other. */
const reachedMs = 420_000;

export const rotateCertificates: Scenario = {
  name: 'rotate-certificates',
  title: 'the certificates of Redis, Sentinel and the gateway are about to end, and are renewed',
  bound: planned,
  async run(stage) {
    const release = await stage.another();
    stage.step('installing with TLS');
    await release.install('tls.enabled=true', ...standingSettings);
    await stage.underLoad(release, async () => {
      const before = await shown(release);
      for (const name of ['redis', 'gateway']) await endTomorrow(release, `${release.fullname}-${name}-tls`);
      // The agent looks once an hour, and soon after its turn has begun.
      await release.kubectl('rollout', 'restart', `deployment/${release.fullname}-agent`);
      await eventually('every server shows a new certificate', reachedMs, async () => {
        const now = await shown(release);
        return now.some((fingerprint) => before.includes(fingerprint)) ? undefined : true;
      });
    });
  },
};

/** Replaces a certificate by one for the same names that ends within a day. */
async function endTomorrow(release: TestRelease, secret: string): Promise<void> {
  const [authority, current] = await Promise.all([
    keyPairOf(release, `${release.fullname}-authority`),
    keyPairOf(release, secret),
  ]);
  const { subjectAltName = '' } = new X509Certificate(current.certificate);
  const names = subjectAltName.split(', ').map((entry) => entry.replace('DNS:', ''));
  const { certificate, key } = issueCertificate(authority, names, { from: new Date(Date.now() - 60_000), days: 1 });
  const patch = JSON.stringify({ stringData: { 'tls.crt': certificate, 'tls.key': key } });
  await release.kubectl('patch', 'secret', secret, '--patch', patch);
}

async function keyPairOf(release: TestRelease, secret: string): Promise<KeyPair> {
  const { data } = JSON.parse(await release.kubectl('get', 'secret', secret, '-o', 'json')) as {
    data: Record<string, string>;
  };
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  return { certificate: text('tls.crt'), key: text('tls.key') };
}

/** The fingerprints of the certificates that the servers show now. */
async function shown(release: TestRelease): Promise<string[]> {
  const ports = { redis: 6379, sentinel: 26379, gateway: 8080 } as const;
  const fingerprints: string[] = [];
  for (const [component, port] of Object.entries(ports)) {
    for (const pod of await release.pods(component)) {
      fingerprints.push(await withPortForward(release.namespace, pod, port, fingerprintAt));
    }
  }
  return fingerprints;
}

async function fingerprintAt(url: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), rejectUnauthorized: false, timeout: 10_000 });
  try {
    await Promise.race([
      once(socket, 'secureConnect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('no TLS handshake within 10 s'))),
    ]);
    return socket.getPeerCertificate().fingerprint256;
  } finally {
    socket.destroy();
  }
}
