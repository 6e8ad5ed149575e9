import { randomBytes } from 'node:crypto';
import { readText, writePrivately } from './files.js';
import type { Home } from './home.js';
import type { ReadSecret } from './plan/environment.js';

/**
 * The values of the release's Secret: a random one for each key that is asked for, kept with the data.
 * Hexadecimal, so that every shell and every URI takes them as they are.
 */
export function secretsOf(home: Home): ReadSecret {
  const values = JSON.parse(readText(home.secretsFile) ?? '{}') as Record<string, string>;
  return (key) => {
    const known = values[key];
    if (known !== undefined) return known;
    const made = randomBytes(24).toString('hex');
    values[key] = made;
    writePrivately(home.secretsFile, JSON.stringify(values, undefined, 2));
    return made;
  };
}
