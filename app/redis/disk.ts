import type { Command, Connection } from './connection.js';
import { parseInfo } from './server-check.js';

/** How a server tells that what it was told is on its disk: a command that waits for it, or every answer does. */
export type DiskPromise =
  { readonly method: 'waitaof' | 'always' } | { readonly method: 'none'; readonly reason: string };

/** Other programs may set the server otherwise while connections last. */
const trustMs = 5_000;
const asked = new WeakMap<Connection, { readonly promise: Promise<DiskPromise>; readonly atMs: number }>();

/** What the server of the connection can promise, as it said lately. */
export function diskOf(connection: Connection): Promise<DiskPromise> {
  const last = asked.get(connection);
  if (last !== undefined && performance.now() - last.atMs < trustMs) return last.promise;
  const promise = askDisk(connection);
  asked.set(connection, { promise, atMs: performance.now() });
  const forget = () => asked.delete(connection);
  promise.then(({ method }) => method === 'none' && forget(), forget);
  return promise;
}

/** For whoever was answered that it did not keep its promise. */
export function distrustDisk(connection: Connection): void {
  asked.delete(connection);
}

export async function askDisk(connection: Connection): Promise<DiskPromise> {
  const [info, settings] = await Promise.all([
    connection.send(['INFO']),
    // Users without CONFIG are common; only servers that lack WAITAOF need it.
    connection.send(askAppend).then(readAppend, () => undefined),
  ]);
  return judgeDisk(String(info), settings?.appendfsync);
}

/** Decides by the text of INFO and the value of appendfsync, which is undefined where CONFIG is forbidden. */
export function judgeDisk(infoText: string, appendfsync: string | undefined): DiskPromise {
  const info = parseInfo(infoText);
  if (info.get('aof_enabled') !== '1') return none('its append-only file is off; set appendonly yes');
  if (appendfsync === 'no') return none('it leaves it to the system when to write; set appendfsync everysec or always');
  if (hasWaitAof(info.get('redis_version') ?? '')) return { method: 'waitaof' };
  if (appendfsync === 'always') return { method: 'always' };
  const way = 'before 7.2, which brought WAITAOF, it has to run with appendfsync always';
  return appendfsync === undefined
    ? none(`${way}, and its user may not read that setting; allow it CONFIG GET`)
    : none(`${way}, got appendfsync ${appendfsync}`);
}

/** Asks for what `readAppend` reads. */
export const askAppend: Command = ['CONFIG', 'GET', 'append*'];

export function readAppend(reply: unknown): { readonly appendonly?: string; readonly appendfsync?: string } {
  const flat = (reply as readonly Buffer[]).map(String);
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]]] : [])));
}

/** Valkey gives the version of Redis that it began as, or a later one. */
function hasWaitAof(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 2);
}

function none(reason: string): DiskPromise {
  return { method: 'none', reason };
}
