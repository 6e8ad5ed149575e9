import { describe, expect, test } from '@jest/globals';
import type { Secrets } from '../../../app/certificates/secret-store.js';
import { fillSecret, missingKeys } from '../../../app/commands/secrets/fill-secret.js';

/** One Secret as the API server keeps it: every change has a version of its own. */
class OneSecret implements Secrets {
  version = 1;
  data: Record<string, string> = {};
  beforeChange: () => void = () => undefined;

  read() {
    return Promise.resolve({ data: { ...this.data }, resourceVersion: String(this.version) });
  }

  change(_name: string, keys: Readonly<Record<string, string | null>>, resourceVersion: string) {
    this.beforeChange();
    if (resourceVersion !== String(this.version)) return Promise.resolve(false);
    this.version++;
    Object.assign(this.data, keys);
    return Promise.resolve(true);
  }
}

test.each<[Record<string, string>, string[], string[]]>([
  [{}, ['a', 'b'], ['a', 'b']],
  [{ a: 'eA==' }, ['a', 'b'], ['b']],
  [{ a: '' }, ['a'], ['a']],
  [{ a: 'eA==', c: '' }, ['a'], []],
  [{}, ['a', 'a'], ['a']],
  [{}, ['constructor'], ['constructor']],
])('of %j and %j, %j are missing', (data, keys, missing) => {
  expect(missingKeys(data, keys)).toEqual(missing);
});

describe('filling a Secret', () => {
  test('gives missing keys random values of 256 bits and leaves the others alone', async () => {
    const secret = new OneSecret();
    secret.data = { kept: 'a2VwdA==' };
    expect(await fillSecret(secret, 's', ['kept', 'new', 'newer'])).toEqual(['new', 'newer']);
    expect(secret.data.kept).toBe('a2VwdA==');
    const values = ['new', 'newer'].map((key) => Buffer.from(secret.data[key] ?? '', 'base64').toString());
    expect(new Set(values).size).toBe(2);
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
  });

  test('does nothing when nothing is missing', async () => {
    const secret = new OneSecret();
    secret.data = { a: 'eA==' };
    expect(await fillSecret(secret, 's', ['a'])).toEqual([]);
    expect(secret.version).toBe(1);
  });

  test('another pod that was faster keeps its values', async () => {
    const secret = new OneSecret();
    secret.beforeChange = () => {
      secret.beforeChange = () => undefined;
      secret.version++;
      secret.data.a = 'dGhlaXJz';
    };
    expect(await fillSecret(secret, 's', ['a', 'b'])).toEqual(['b']);
    expect(secret.data.a).toBe('dGhlaXJz');
  });

  test.each(['', 'a b', 'a/b', '../a'])('refuses the key "%s"', async (key) => {
    await expect(fillSecret(new OneSecret(), 's', [key])).rejects.toThrow(/Expected keys of letters/);
  });
});
