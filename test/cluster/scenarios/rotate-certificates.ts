import { once } from 'node:events';
import { connect } from 'node:tls';
import { standingSettings } from '../stage.js';
import type { TestRelease } from '../support/release.js';
import { eventually, withPortForward } from '../support/tools.js';
import { planned, type Scenario } from './scenario.js';

/** The kubelet brings a changed Secret within two minutes, and Sentinels start anew one after the other. */
const reachedMs = 420_000;

export const rotateCertificates: Scenario = {
  name: 'rotate-certificates',
  title: 'the certificates of Redis, Sentinel and the gateway are taken away, and made anew',
  bound: planned,
  async run(stage) {
    const release = await stage.another();
    stage.step('installing with TLS');
    await release.install('tls.enabled=true', ...standingSettings);
    await stage.underLoad(release, async () => {
      const before = await shown(release);
      for (const name of ['redis', 'gateway']) {
        const nothing = JSON.stringify({ data: { 'tls.crt': '', 'tls.key': '' } });
        await release.kubectl('patch', 'secret', `${release.fullname}-${name}-tls`, '--patch', nothing);
      }
      // The agent looks once an hour, and soon after its turn has begun.
      await release.kubectl('rollout', 'restart', `deployment/${release.fullname}-agent`);
      await eventually('every server shows a new certificate', reachedMs, async () => {
        const now = await shown(release);
        return now.some((fingerprint) => before.includes(fingerprint)) ? undefined : true;
      });
    });
  },
};

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
