import type { Command } from '../connection.js';

/** Commands whose first argument is no key: any node may do them. */
const keyless = new Set(['CLIENT', 'CONFIG', 'INFO', 'PING', 'PUBLISH', 'TIME']);

/** The key by which a plain command finds its node; undefined when it needs none. */
export function keyOfCommand([name, key]: Command): string | undefined {
  return keyless.has(name.toUpperCase()) || key === undefined ? undefined : String(key);
}
