import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** The JWK set of a file, read again when the file has changed: keys are replaced while tokens of the old ones are still about. */
export class KeySetFile {
  private known: { readonly version: string; readonly keys: JWTVerifyGetKey } | undefined;

  constructor(private readonly file: string) {}

  /** Where the file cannot be read (now), the keys of before stay good. Rejects when there are none. */
  async keys(): Promise<JWTVerifyGetKey> {
    try {
      const { mtimeMs, ino, size } = await stat(this.file);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (this.known?.version !== version) this.known = { version, keys: await readKeys(this.file) };
      return this.known.keys;
    } catch (error) {
      if (this.known === undefined) throw error;
      return this.known.keys;
    }
  }
}

async function readKeys(file: string): Promise<JWTVerifyGetKey> {
  return createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet);
}
