import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../exit-codes.js';
import type { Secret } from './fill-secret.js';

/** Each key as a file, for the containers of the same pod, which share the group. */
export async function writeFiles(directory: string, { data }: Secret, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const value = data[key];
    if (value === undefined) throw new UnavailableError(`The key ${key} vanished from the Secret; try again`);
    await writeFile(join(directory, key), Buffer.from(value, 'base64'), { mode: 0o440 });
  }
}
