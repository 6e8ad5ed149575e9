import { isKnown, ordinalOf, type Place } from './place.js';
import type { SentinelFact } from './types.js';

/** Where the release is. */
export interface Places {
  readonly nodes: readonly Place[];
  readonly sentinels: readonly Place[];
}

/** What a Sentinel answers to GET-MASTER-ADDR-BY-NAME, MASTER, REPLICAS and SENTINELS. */
export interface SentinelReplies {
  readonly address: unknown;
  readonly master: unknown;
  readonly replicas: unknown;
  readonly sentinels: unknown;
}

/** `own` is the ordinal of the Sentinel that answered. */
export function readSentinel(replies: SentinelReplies, own: number, { nodes, sentinels }: Places): SentinelFact {
  const master = fieldsOf(replies.master);
  const [host = '', port = ''] = texts(replies.address);
  if (master.size === 0 || host === '') return 'blank';
  // Once a replica is promoted it is named, although the former primary is still the one that is monitored.
  const isPromoting = host !== master.get('ip') || port !== master.get('port');
  const flags = flagsOf(master);
  const data = [master, ...listOf(replies.replicas)];
  const fellows = listOf(replies.sentinels);
  return {
    named: ordinalOf({ host, port: Number(port) }, nodes),
    epoch: Number(master.get('config-epoch')) + (isPromoting ? 0.5 : 0),
    seesDown: flags.includes('s_down') || flags.includes('o_down'),
    isFailingOver: flags.includes('failover_in_progress'),
    downAfterMs: Number(master.get('down-after-milliseconds')),
    isComplete: knowsAll(data, nodes) && knowsAll(fellows, sentinels.toSpliced(own, 1)),
    ghosts: [...ghostsAmong(data, nodes), ...ghostsAmong(fellows, sentinels)],
  };
}

type Fields = ReadonlyMap<string, string>;

const flagsOf = (server: Fields): readonly string[] => (server.get('flags') ?? '').split(',');

const placeOf = (server: Fields, places: readonly Place[]): number | undefined =>
  ordinalOf({ host: server.get('ip') ?? '', port: Number(server.get('port')) }, places);

function knowsAll(servers: readonly Fields[], places: readonly Place[]): boolean {
  const known = new Set(servers.map((server) => placeOf(server, places)));
  return places.every((_, ordinal) => known.has(ordinal));
}

/** A server that is up is none: somebody may have added it on purpose. Nor can one be told while a name is unknown. */
function ghostsAmong(servers: readonly Fields[], places: readonly Place[]): string[] {
  if (!places.every(isKnown)) return [];
  return servers
    .filter((server) => flagsOf(server).includes('s_down') && placeOf(server, places) === undefined)
    .map((server) => `${server.get('ip') ?? ''}:${server.get('port') ?? ''}`);
}

const listOf = (reply: unknown): Fields[] => (Array.isArray(reply) ? reply.map(fieldsOf) : []);

/** A flat list of names and values. */
function fieldsOf(reply: unknown): Fields {
  const words = texts(reply);
  return new Map(words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? ''] as const] : [])));
}

const texts = (reply: unknown): string[] =>
  Array.isArray(reply) ? reply.filter((item): item is string => typeof item === 'string') : [];
