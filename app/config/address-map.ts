import { parseHost } from './redis-uri.js';
import type { HostPort } from './redis-uri.js';

/** A server announces one address, and is reached at another: by a forwarded port, for example. */
export interface MappedAddress {
  readonly announced: HostPort;
  readonly reachable: HostPort;
}

/** `10.92.0.5:6379=127.0.0.1:16379`, several separated by commas. */
export function parseAddressMap(text: string): readonly MappedAddress[] {
  return text.split(',').map((entry) => {
    const [announced, reachable, ...rest] = entry.split('=');
    if (announced === undefined || reachable === undefined || rest.length > 0) {
      throw new Error(`expected announced=reachable such as 10.92.0.5:6379=127.0.0.1:16379, got "${entry}"`);
    }
    return { announced: parseHost(announced, 6379), reachable: parseHost(reachable, 6379) };
  });
}

/** Where the server that announces this address is reached. */
export function reachableAt(address: HostPort, map: readonly MappedAddress[] = []): HostPort {
  const found = map.find(({ announced: { host, port } }) => host === address.host && port === address.port);
  return found?.reachable ?? address;
}
