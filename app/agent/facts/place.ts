import type { HostPort } from '../../config/index.js';

/** Where a server of the release is: what its name leads to. */
export interface Place {
  /** One, or one of each family. None while the name is unknown. */
  readonly hosts: readonly string[];
  readonly port: number;
}

/** The server that has an address; undefined when none has. */
export function ordinalOf({ host, port }: HostPort, places: readonly Place[]): number | undefined {
  const at = places.findIndex((place) => place.port === port && place.hosts.includes(host));
  return at < 0 ? undefined : at;
}

export const isKnown = ({ hosts }: Place): boolean => hosts.length > 0;
