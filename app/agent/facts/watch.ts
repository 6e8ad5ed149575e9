import type { HostPort, RedisConfig } from '../../config/index.js';
import type { Logger } from '../../log.js';
import { formatAddress, type Command } from '../../redis/connection.js';
import { Keeper } from '../../redis/keeper.js';
import { NodeConnection } from '../../redis/node-connection.js';
import { SentinelConnection } from '../../redis/sentinel-connection.js';
import { beforeDeadline, Deadline } from '../../resilience/deadline.js';
import { AddressBook } from './address-book.js';
import { nodeQuestion, readNode } from './node-view.js';
import { ordinalOf } from './place.js';
import { readSentinel, type Places } from './sentinel-view.js';
import type { Facts, NodeFact, SentinelFact } from './types.js';

/** All are asked at once; whoever has not answered by then is silent. */
const askDeadlineMs = 1_000;

export interface WatchOptions {
  readonly redis: RedisConfig;
  readonly sentinels: readonly HostPort[];
  readonly nodes: readonly HostPort[];
  readonly primaryName: string;
  /** In CLIENT LIST. */
  readonly connectionName: string;
  readonly log: Logger;
  /** A Sentinel has announced another primary. */
  readonly onMove: () => void;
}

/** A connection to each Sentinel and each data node, to ask and to order. */
export class ReleaseWatch {
  private readonly sentinels: readonly Keeper<SentinelConnection>[];
  private readonly nodes: readonly Keeper<NodeConnection>[];
  private readonly sentinelBook: AddressBook;
  private readonly nodeBook: AddressBook;

  constructor(private readonly options: WatchOptions) {
    const { redis, primaryName, connectionName, log, onMove } = options;
    const tell = (server: HostPort) => ({
      onDown: (reason: string) => {
        log.debug({ server: formatAddress(server), reason }, 'no connection');
      },
    });
    this.sentinelBook = new AddressBook(options.sentinels);
    this.nodeBook = new AddressBook(options.nodes);
    this.sentinels = options.sentinels.map(
      (server, at) =>
        new Keeper(
          async () => SentinelConnection.open(await hostOf(this.sentinelBook, at, server), redis, primaryName, onMove),
          tell(server),
        ),
    );
    this.nodes = options.nodes.map(
      (server, at) =>
        new Keeper(
          async () => NodeConnection.open(await hostOf(this.nodeBook, at, server), redis, connectionName),
          tell(server),
        ),
    );
  }

  /** Asks everybody. */
  async look(): Promise<Pick<Facts, 'sentinels' | 'nodes' | 'addresses'>> {
    const places = { nodes: await this.nodeBook.read(), sentinels: await this.sentinelBook.read() };
    const deadline = Deadline.after(askDeadlineMs);
    const [sentinels, nodes] = await Promise.all([
      Promise.all(this.sentinels.map((keeper, at) => this.askSentinel(keeper, at, places, deadline))),
      Promise.all(this.nodes.map((keeper) => this.askNode(keeper, places, deadline))),
    ]);
    if (sentinels.some((fact) => typeof fact === 'object' && fact.named === undefined)) this.nodeBook.doubt();
    const addresses = places.nodes.map(({ hosts: [host], port }) =>
      host === undefined ? undefined : formatAddress({ host, port }),
    );
    return { sentinels, nodes, addresses };
  }

  /** A command to one data node. Rejects when it does not answer in time. */
  async tellNode(ordinal: number, command: Command): Promise<unknown> {
    const deadline = Deadline.after(askDeadlineMs);
    const connection = await this.nodes[ordinal]?.next(deadline);
    if (connection === undefined) throw new Error(`node ${ordinal} cannot be reached`);
    return beforeDeadline(connection.send(command), deadline, () => new Error(`node ${ordinal} does not answer`));
  }

  /** A subcommand of SENTINEL to one Sentinel, e.g. `['RESET', name]`. Likewise. */
  async tellSentinel(ordinal: number, command: readonly string[]): Promise<unknown> {
    const deadline = Deadline.after(askDeadlineMs);
    const connection = await this.sentinels[ordinal]?.next(deadline);
    if (connection === undefined) throw new Error(`Sentinel ${ordinal} cannot be reached`);
    return beforeDeadline(connection.send(command), deadline, () => new Error(`Sentinel ${ordinal} does not answer`));
  }

  /** Where a node is. */
  async addressOf(ordinal: number): Promise<HostPort> {
    const place = (await this.nodeBook.read())[ordinal];
    const host = place?.hosts[0];
    if (place === undefined || host === undefined) throw new Error(`the address of node ${ordinal} is unknown`);
    return { host, port: place.port };
  }

  async close(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.nodes].map((keeper) => keeper.close('closing')));
  }

  private async askSentinel(
    keeper: Keeper<SentinelConnection>,
    own: number,
    places: Places,
    deadline: Deadline,
  ): Promise<SentinelFact> {
    const { primaryName } = this.options;
    const connection = await keeper.next(deadline);
    if (connection === undefined) return 'silent';
    const ask = (subcommand: string) => connection.send([subcommand, primaryName]);
    const questions = Promise.all([ask('GET-MASTER-ADDR-BY-NAME'), ask('MASTER'), ask('REPLICAS'), ask('SENTINELS')]);
    try {
      const [address, master, replicas, sentinels] = await beforeDeadline(questions, deadline, tooLate);
      return readSentinel({ address, master, replicas, sentinels }, own, places);
    } catch (error) {
      return /^ERR No such /.test((error as Error).message) ? 'blank' : 'silent';
    }
  }

  private async askNode(keeper: Keeper<NodeConnection>, { nodes }: Places, deadline: Deadline): Promise<NodeFact> {
    const connection = await keeper.next(deadline);
    if (connection === undefined) return 'silent';
    try {
      const info = await beforeDeadline(connection.send(nodeQuestion), deadline, tooLate);
      return readNode(String(info), (address) => ordinalOf(address, nodes)) ?? 'silent';
    } catch {
      return 'silent';
    }
  }
}

/** By its address where that is known: DNS is not asked when a node is lost. */
async function hostOf(book: AddressBook, at: number, server: HostPort): Promise<HostPort> {
  const host = (await book.read())[at]?.hosts[0];
  return host === undefined ? server : { host, port: server.port };
}

const tooLate = (): Error => new Error(`no answer within ${askDeadlineMs} ms`);
