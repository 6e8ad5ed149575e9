import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret, Secrets } from '../../certificates/secret-store.js';
import { backoffDelayMs } from '../../resilience/backoff.js';
import { UnavailableError, UsageError } from '../exit-codes.js';

const maxTries = 20;
const backoff = { firstMs: 50, maxMs: 2_000 };

/** 256 bits, in letters that need no quoting in configuration files and headers. */
export const randomValue = (): string => randomBytes(32).toString('base64url');

/** Gives the missing keys random values, and names them. Several pods may do so at once: the first to write wins, the others see its values. */
export async function fillSecret(secrets: Secrets, name: string, keys: readonly string[]): Promise<readonly string[]> {
  for (const key of keys) checkKey(key);
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const { data, resourceVersion } = await secrets.read(name);
    const missing = missingKeys(data, keys);
    if (missing.length === 0) return [];
    const values = missing.map((key) => [key, Buffer.from(randomValue()).toString('base64')]);
    if (await secrets.change(name, Object.fromEntries(values) as Record<string, string>, resourceVersion))
      return missing;
    await sleep(backoffDelayMs(attempt, backoff));
  }
  throw new UnavailableError(`The Secret ${name} changed at each of ${maxTries} tries to fill it; try again`);
}

/** Keys that are not there, or empty. */
export const missingKeys = (data: Secret['data'], keys: readonly string[]): readonly string[] =>
  [...new Set(keys)].filter((key) => !Object.hasOwn(data, key) || data[key] === '');

function checkKey(key: string): void {
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    throw new UsageError(`Expected keys of letters, digits, dots, dashes and underscores, got ${JSON.stringify(key)}`);
  }
}
