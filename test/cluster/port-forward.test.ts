import { execFile, spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../redis/support/free-port.js';
import { TestRelease } from './support/release.js';
import { eventually, withPortForward } from './support/tools.js';

const run = promisify(execFile);
const entry = fileURLToPath(new URL('../../app/main.js', import.meta.url));

describe('a release is reached from outside the cluster', () => {
  const release = new TestRelease();
  const forwarding = ['port-forward', '--release', release.name, '-n', release.namespace];
  const underPortForward = async (...command: string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [entry, ...forwarding, '--', ...command], { timeout: 120_000 });
    return stdout;
  };

  beforeAll(async () => {
    await release.createNamespace();
    await release.install('gateway.replicas=1', 'worker.replicas=1', 'redis.persistence.size=1Gi');
  });
  afterAll(() => release.deleteNamespace());

  test.each(['pod', 'service'])('by kubectl port-forward to any %s of Redis and Sentinel', async (kind) => {
    for (const component of ['redis', 'sentinel']) {
      const selector = `app.kubernetes.io/instance=${release.name},app.kubernetes.io/component=${component}`;
      const names = await release.kubectl('get', kind, '-l', selector, '-o', 'name');
      for (const name of names.split('\n').filter((line) => line !== '')) {
        const port = component === 'redis' ? 6379 : 26379;
        const answer = await withPortForward(release.namespace, name, port, (url) => ping(Number(new URL(url).port)));
        expect([name, answer]).toEqual([name, expect.stringMatching(/^(-NOAUTH|\+PONG|-DENIED)/)]);
      }
    }
  });

  test('by moorline port-forward: a command finds the gateway', async () => {
    await underPortForward(process.execPath, entry, 'enqueue', 'moorline-check', '{"from":"outside"}', '--wait');
    expect(await underPortForward(process.execPath, entry, 'queue', 'list')).toContain('moorline-check');
  });

  test('by moorline port-forward: a program finds the primary by the Sentinels', async () => {
    const port = await freePort();
    const gateway = spawn(process.execPath, [entry, ...forwarding, '--', process.execPath, entry, 'gateway'], {
      env: { ...process.env, MOORLINE_PORT: String(port), MOORLINE_HOST: '127.0.0.1' },
      stdio: 'ignore',
    });
    try {
      await eventually('a gateway on this machine that is ready', 60_000, async () =>
        (await fetch(`http://127.0.0.1:${port}/readyz`)).ok ? true : undefined,
      );
    } finally {
      const ended = once(gateway, 'exit');
      gateway.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
  });

  test('the exit code is that of the command', async () => {
    await expect(underPortForward('sh', '-c', 'exit 7')).rejects.toMatchObject({ code: 7 });
  });
});

async function ping(port: number): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  socket.setTimeout(20_000, () => socket.destroy(new Error('no answer within 20 s')));
  try {
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
