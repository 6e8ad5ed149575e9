import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { TestSocket } from '../support/web-socket.js';

interface Key {
  readonly alg: 'RS256' | 'ES256';
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

let directory: string;
let file: string;
let gateway: MoorlineProcess;
let keys: { readonly rsa: Key; readonly ec: Key; readonly next: Key };

async function makeKey(alg: Key['alg'], kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

/** As a mounted Secret changes: all of it at once. */
async function writeKeys(...list: readonly Key[]): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ keys: list.map(({ jwk }) => jwk) }));
  await rename(`${file}.new`, file);
}

const tokenBy = ({ alg, kid, privateKey }: Key, claims: Record<string, unknown> = {}) =>
  new SignJWT({ streams: ['mine'], aud: 'moorline', iss: 'https://login.example', ...claims })
    .setProtectedHeader({ alg, kid })
    .setExpirationTime('1h')
    .sign(privateKey);

/** What a token opens: `mine`, or the status of the refusal. */
async function opens(token: string): Promise<string> {
  try {
    const socket = await TestSocket.open(gateway.url, { headers: { authorization: `Bearer ${token}` } });
    const { error } = await socket.ask({ subscribe: { stream: 'mine' } });
    return error?.code ?? 'mine';
  } catch (error) {
    return /\d{3}/.exec(String(error))?.[0] ?? String(error);
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moorline-keys-'));
  file = join(directory, 'jwks.json');
  const [rsa, ec, next] = await Promise.all([makeKey('RS256', 'r1'), makeKey('ES256', 'e1'), makeKey('ES256', 'e2')]);
  keys = { rsa, ec, next };
  await writeKeys(rsa, ec);
  const redis = await startRedis();
  gateway = await startMoorline('gateway', {
    REDIS_URI: `redis://${redis.address}`,
    MOORLINE_JWKS_FILE: file,
    MOORLINE_JWT_AUDIENCE: 'moorline',
    MOORLINE_JWT_ISSUER: 'https://login.example',
  });
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('tokens by the keys of a file', () => {
  test('are good when signed by RS256 and by ES256', async () => {
    expect(await Promise.all([keys.rsa, keys.ec].map(async (key) => opens(await tokenBy(key))))).toEqual([
      'mine',
      'mine',
    ]);
  });

  test.each([
    ['another audience', () => tokenBy(keys.rsa, { aud: 'somebody else' })],
    ['another issuer', () => tokenBy(keys.rsa, { iss: 'https://evil.example' })],
    ['a key that is not in the set', async () => tokenBy({ ...(await makeKey('ES256', 'e1')) })],
    [
      // The public key is no secret: nobody may sign with it as if it were one.
      'the public key as a secret of HS256',
      () =>
        new SignJWT({ streams: ['mine'], aud: 'moorline', iss: 'https://login.example' })
          .setProtectedHeader({ alg: 'HS256', kid: 'r1' })
          .setExpirationTime('1h')
          .sign(Buffer.from(JSON.stringify(keys.rsa.jwk))),
    ],
    [
      'no signature',
      () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const claims = { streams: ['mine'], aud: 'moorline', iss: 'https://login.example', exp: 4e9 };
        return Promise.resolve(`${part({ alg: 'none' })}.${part(claims)}.`);
      },
    ],
  ])('are refused with %s', async (_, make) => {
    expect(await opens(await make())).toBe('401');
  });

  test('follow the file: new keys count at once, old ones no more', async () => {
    const [old, fresh] = [await tokenBy(keys.ec), await tokenBy(keys.next)];
    expect([await opens(old), await opens(fresh)]).toEqual(['mine', '401']);
    await writeKeys(keys.rsa, keys.next);
    expect([await opens(old), await opens(fresh)]).toEqual(['401', 'mine']);
  });

  test('stay good when the file is broken or gone', async () => {
    await writeKeys(keys.rsa);
    const token = await tokenBy(keys.rsa);
    expect(await opens(token)).toBe('mine');
    await writeFile(file, '{"keys":');
    expect(await opens(token)).toBe('mine');
    await rm(file);
    expect(await opens(token)).toBe('mine');
  });
});
