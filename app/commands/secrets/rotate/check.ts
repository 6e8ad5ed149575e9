import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Holder } from './holders.js';
import { nextOf, previousOf } from './plan.js';

type Data = Readonly<Record<string, string>>;

/** Hashes of what is in files, by file. */
export type Known = ReadonlyMap<string, string>;

/** The output of sha256sum, by the names of the files. */
export const parseSums = (text: string): Known =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, hash, file] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      return hash === undefined || file === undefined ? [] : [[basename(file), hash] as const];
    }),
  );

/** Does a server take all that the Secret has: the password of now, the next one, and the previous one or no such any more? */
export const servesAll = (known: Known, data: Data, { files }: Holder, keys: readonly string[]): boolean =>
  keys
    .filter((key) => Object.hasOwn(files, key))
    .flatMap((key) => [key, nextOf(key), previousOf(key)])
    .every((key) => known.get(key) === hashOf(data[key]));

/** Does a client find the passwords of now in its files? */
export const findsAll = (known: Known, data: Data, { files }: Holder, keys: readonly string[]): boolean =>
  keys
    .filter((key) => Object.hasOwn(files, key))
    .every((key) => known.get(basename(files[key] ?? '')) === hashOf(data[key]));

const hashOf = (base64: string | undefined): string | undefined =>
  base64 === undefined ? undefined : createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
