import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { freePort } from '../support/free-port.js';
import { startHighAvailability } from '../support/high-availability.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moorline-secrets-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('passwords, users and certificates', () => {
  test('passwords come from files, for Redis and for the Sentinels', async () => {
    const ha = await startHighAvailability({ password: 'one"\\', sentinelPassword: 'two two' });
    await writeFile(join(directory, 'redis'), 'one"\\\n');
    await writeFile(join(directory, 'sentinel'), 'two two');
    const redis = await connectReady(ha.uri, {
      REDIS_PASSWORD_FILE: join(directory, 'redis'),
      SENTINEL_PASSWORD_FILE: join(directory, 'sentinel'),
    });
    expect(await redis.command(['PING'])).toEqual(Buffer.from('PONG'));
  });

  test('a user of the ACL logs in by name', async () => {
    const server = await startRedis();
    await server.cli('ACL', 'SETUSER', 'ann', 'on', '>pass', '~*', '+@all');
    const redis = await connectReady(`redis://ann@${server.address}`, { REDIS_PASSWORD: 'pass' });
    expect(await redis.command(['ACL', 'WHOAMI'])).toEqual(Buffer.from('ann'));
  });

  test('a wrong password is the reason, and stands in no error, status, metric or log line', async () => {
    const server = await startRedis({ password: 'right' });
    const { redis, metrics, logged } = connect(`redis://${server.address}`, { REDIS_PASSWORD: 'wrong-secret' });
    await waitFor('the reason', () => redis.status().reason?.includes('WRONGPASS'));
    const error: unknown = await redis.command(['PING'], { deadlineMs: 100 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'redis_unavailable', message: expect.stringContaining('WRONGPASS') });
    const seen = [inspect(error, { depth: 10 }), JSON.stringify(redis.status()), await metrics.metrics(), logged()];
    expect(seen.join('\n')).not.toContain('wrong-secret');
    expect(logged()).toContain('WRONGPASS');
  });

  test('a wrong password of the Sentinels is the reason, and is not told either', async () => {
    const ha = await startHighAvailability({ sentinelPassword: 'right' });
    const { redis, logged } = connect(ha.uri, { SENTINEL_PASSWORD: 'wrong-secret' });
    await waitFor('the reason', () => redis.status().reason?.includes('WRONGPASS'));
    expect(JSON.stringify(redis.status()) + logged()).not.toContain('wrong-secret');
  });

  test('an error of a call holds none of its arguments', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const error: unknown = await redis.command(['LPUSH', 'key']).catch((reason: unknown) => reason);
    await redis.command(['SET', 'key', 'value']);
    const typed: unknown = await redis.command(['LPUSH', 'key', 'job-secret']).catch((reason: unknown) => reason);
    expect(inspect([error, typed], { depth: 10 })).not.toContain('job-secret');
  });

  test('TLS checks the name of the certificate, and shows one of its own', async () => {
    const files = await makeCertificates(directory, 'redis.example');
    const tlsPort = await freePort();
    await startRedis({
      config: [
        `tls-port ${tlsPort}`,
        `tls-cert-file ${files.cert}`,
        `tls-key-file ${files.key}`,
        `tls-ca-cert-file ${files.cert}`,
      ],
    });
    const certificates = {
      REDIS_TLS_CA_FILE: files.cert,
      REDIS_TLS_CERT_FILE: files.cert,
      REDIS_TLS_KEY_FILE: files.key,
    };
    const redis = await connectReady(`rediss://127.0.0.1:${tlsPort}`, {
      ...certificates,
      REDIS_TLS_SERVERNAME: 'redis.example',
    });
    expect(await redis.command(['PING'])).toEqual(Buffer.from('PONG'));

    const { redis: mistaken } = connect(`rediss://127.0.0.1:${tlsPort}`, {
      ...certificates,
      REDIS_TLS_SERVERNAME: 'other.example',
    });
    await waitFor('the reason', () => mistaken.status().reason?.includes('other.example'));
  });

  test('certificates and authorities that were renewed count from the next connect on', async () => {
    const tlsPort = await freePort();
    const { cert, key } = await makeCertificates(directory, 'redis.example');
    const server = await startRedis({
      args: ['--appendonly', 'yes'],
      config: [
        `tls-port ${tlsPort}`,
        `tls-cert-file ${cert}`,
        `tls-key-file ${key}`,
        `tls-ca-cert-file ${cert}`,
        'tls-auth-clients no',
      ],
    });
    const redis = await connectReady(`rediss://127.0.0.1:${tlsPort}`, {
      REDIS_TLS_CA_FILE: cert,
      REDIS_TLS_SERVERNAME: 'redis.example',
    });
    await server.kill();
    await makeCertificates(directory, 'redis.example');
    await server.start();
    expect(await redis.command(['PING'], { deadlineMs: 30_000 })).toEqual(Buffer.from('PONG'));
  });

  test('with rediss+sentinel the Sentinels are asked over TLS, too, each with a password of its own', async () => {
    const { cert, key } = await makeCertificates(directory, 'redis.example');
    const [tlsPort, sentinelTlsPort] = [await freePort(), await freePort()];
    const tls = [
      `tls-cert-file ${cert}`,
      `tls-key-file ${key}`,
      `tls-ca-cert-file ${cert}`,
      'tls-auth-clients no',
      'tls-replication yes',
    ];
    await startRedis({ config: [`tls-port ${tlsPort}`, ...tls, 'user ann on >pass ~* &* +@all'] });
    await startRedis({
      sentinel: true,
      password: 'other',
      config: [
        `tls-port ${sentinelTlsPort}`,
        ...tls,
        `sentinel monitor test 127.0.0.1 ${tlsPort} 1`,
        'sentinel auth-user test ann',
        'sentinel auth-pass test pass',
      ],
    });
    const redis = await connectReady(`rediss+sentinel://ann@127.0.0.1:${sentinelTlsPort}/test`, {
      REDIS_TLS_CA_FILE: cert,
      REDIS_TLS_SERVERNAME: 'redis.example',
      REDIS_PASSWORD: 'pass',
      SENTINEL_PASSWORD: 'other',
    });
    expect(await redis.command(['ACL', 'WHOAMI'])).toEqual(Buffer.from('ann'));
    expect(redis.status()).toMatchObject({ primary: `127.0.0.1:${tlsPort}`, sentinels: { connected: 1 } });
  });
});

/** Its own authority. */
async function makeCertificates(into: string, name: string): Promise<{ cert: string; key: string }> {
  const files = { cert: join(into, 'tls.crt'), key: join(into, 'tls.key') };
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=DNS:${name}`, '-keyout', files.key, '-out', files.cert],
  ]);
  return files;
}
