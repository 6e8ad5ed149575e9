import type { Secrets } from '../../app/certificates/secret-store.js';

/** Secrets as the API server keeps them: every change makes a version, and one of an older version is refused. */
export class MemorySecrets implements Secrets {
  /** Called before each change, once for each Secret. */
  beforeChange: (name: string) => void = () => undefined;
  private readonly data = new Map<string, Record<string, string>>();
  private readonly versions = new Map<string, number>();
  private readonly surprised = new Set<string>();

  constructor(texts: Readonly<Record<string, Readonly<Record<string, string>>>>) {
    for (const [name, values] of Object.entries(texts)) this.overwrite(name, values);
  }

  read(name: string) {
    const data = this.data.get(name);
    if (data === undefined) return Promise.reject(new Error(`no Secret ${name}`));
    return Promise.resolve({ data: { ...data }, resourceVersion: String(this.versions.get(name)) });
  }

  change(name: string, keys: Readonly<Record<string, string | null>>, resourceVersion: string) {
    if (!this.surprised.has(name)) {
      this.surprised.add(name);
      this.beforeChange(name);
    }
    if (resourceVersion !== String(this.versions.get(name))) return Promise.resolve(false);
    const changed = Object.entries({ ...this.data.get(name), ...keys }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    this.data.set(name, Object.fromEntries(changed));
    this.versions.set(name, (this.versions.get(name) ?? 0) + 1);
    return Promise.resolve(true);
  }

  texts(name: string): Record<string, string> {
    const entries = Object.entries(this.data.get(name) ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  overwrite(name: string, texts: Readonly<Record<string, string>>): void {
    const entries = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    this.data.set(name, Object.fromEntries(entries) as Record<string, string>);
    this.versions.set(name, (this.versions.get(name) ?? 0) + 1);
  }
}
