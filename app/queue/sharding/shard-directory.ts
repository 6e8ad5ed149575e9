import type { RedisConnections } from '../../redis/types.js';

/**
 * HASH of all queues that ever had shards: for each queue how many take new jobs, and for each shard but the first, by its
 * name, that it is or was one. Who adds a shard changes no other field, so two changes at once lose none.
 */
export const shardsKey = 'ml:shards';

/** While queues are used the hash is read so often, in one small command for all of them. */
const freshMs = 5_000;
/** After a failure, and while claims wait and nothing else goes on. */
const retryMs = 1_000;
const waitingMs = 60_000;

export interface Shape {
  /** How many take new jobs. */
  readonly open: number;
  /** How many may have jobs: a shard that takes no new ones is claimed on until it is empty, and watched for ever after. */
  readonly claimed: number;
}

/** Which queues have shards. A queue that has none is not in it, and pays for one look into a map. */
export class ShardDirectory {
  private shapes: ReadonlyMap<string, Shape> = new Map();
  private dueAtMs = 0;
  private known = false;
  private reading: Promise<void> | undefined;
  private changed = new AbortController();
  private waiters = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connections: Pick<RedisConnections, 'command'>) {}

  /** Undefined for a queue without shards. Before anything is known `ready` has to be waited for. */
  shapeOf(queue: string): Shape | undefined {
    if (performance.now() >= this.dueAtMs) void this.read();
    return this.shapes.get(queue);
  }

  get isKnown(): boolean {
    return this.known;
  }

  /** The first look. Where it fails every queue counts as one without shards: Redis does not serve it either. */
  async ready(): Promise<void> {
    if (!this.known && performance.now() >= this.dueAtMs) await this.read();
    else await this.reading;
  }

  /** Fires when the shape of any queue changes. */
  get change(): AbortSignal {
    return this.changed.signal;
  }

  /** Looks now and then as long as the work is under way, since it may be all that this process does. */
  async watchDuring<T>(work: Promise<T>): Promise<T> {
    this.waiters += 1;
    this.timer ??= setInterval(() => void this.read(), waitingMs);
    try {
      return await work;
    } finally {
      this.waiters -= 1;
      if (this.waiters === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    }
  }

  /** Rejects when Redis cannot be asked. */
  async refresh(): Promise<void> {
    await this.look();
  }

  /** From now on these shards are claimed on, by everyone who looks. */
  async addShards(names: readonly string[]): Promise<void> {
    await this.connections.command(['HSET', shardsKey, ...names.flatMap((name) => [name, 1])]);
  }

  async setOpen(queue: string, shards: number): Promise<void> {
    await this.connections.command(['HSET', shardsKey, queue, shards]);
    await this.look();
  }

  private read(): Promise<void> {
    this.reading ??= this.look()
      .catch(() => {
        this.dueAtMs = performance.now() + retryMs;
      })
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private async look(): Promise<void> {
    const flat = (await this.connections.command(['HGETALL', shardsKey])) as readonly Buffer[];
    const shapes = readShapes(flat.map(String));
    this.dueAtMs = performance.now() + freshMs;
    this.known = true;
    if (isSame(shapes, this.shapes)) return;
    this.shapes = shapes;
    this.changed.abort();
    this.changed = new AbortController();
  }
}

/** Of the fields and values of the hash. */
export function readShapes(flat: readonly string[]): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [queue = '', shard] = (flat[at] ?? '').split(':');
    const { open, claimed } = shapes.get(queue) ?? { open: 1, claimed: 1 };
    const value = Number(flat[at + 1]);
    shapes.set(
      queue,
      shard === undefined
        ? { open: value, claimed: Math.max(claimed, value) }
        : { open, claimed: Math.max(claimed, Number(shard) + 1) },
    );
  }
  return shapes;
}

function isSame(one: ReadonlyMap<string, Shape>, other: ReadonlyMap<string, Shape>): boolean {
  return (
    one.size === other.size &&
    [...one].every(([queue, { open, claimed }]) => {
      const shape = other.get(queue);
      return shape?.open === open && shape.claimed === claimed;
    })
  );
}
