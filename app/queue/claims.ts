import { MoorlineError } from '../resilience/errors.js';
import type { RedisConnections } from '../redis/types.js';
import { Doorbell } from './doorbell.js';
import { limits } from './limits.js';
import { settlementsOf, type Settlement } from './settlement.js';
import { Sweep } from './sweep.js';
import type { Outlook } from './turn-call.js';
import type { TurnBatcher, TurnResult } from './turn-batcher.js';
import type { ClaimedJob, ClaimRequest, WorkWait } from './types.js';
import { WaitingRoom, type Place } from './waiting-room.js';

/** A claim for many jobs stops taking more when it has so much. */
const maxClaimedBytes = 8 * 1024 * 1024;
/** After a failed try the others in the room look soon: the ring that led to it is used up. */
const retryRoomMs = 200;

/** Claims, those that wait included. */
export class Claims {
  private readonly rooms = new Map<string, WaitingRoom>();
  private readonly doorbell: Doorbell;
  private readonly sweep: Sweep;
  private waiting = 0;
  private closed = false;

  constructor(
    connections: Pick<RedisConnections, 'waitForDoorbell' | 'wakeDoorbell' | 'command' | 'call' | 'isCluster'>,
    private readonly turns: TurnBatcher,
    { doorbellBlockMs, sweepMs }: { readonly doorbellBlockMs: number; readonly sweepMs: number },
  ) {
    const source = {
      waitingQueues: () => [...this.rooms.keys()],
      rung: (queue: string) => this.rung(queue),
      ringLost: () => {
        this.sweep.lookNow();
      },
      workIn: (queue: string, ms: number) => this.rooms.get(queue)?.learn({ left: 0, nextWakeMs: ms }),
    };
    this.sweep = new Sweep(connections, source, sweepMs);
    this.doorbell = new Doorbell(connections, source, doorbellBlockMs);
  }

  async claim(queue: string, request: ClaimRequest): Promise<readonly ClaimedJob[]> {
    // Who comes later does not overtake those who wait already.
    if (this.rooms.has(queue) && waits(request)) return this.wait(queue, request);
    return (await this.settleAndClaim(queue, [], request)).jobs;
  }

  /** Settles and claims in one turn; then waits, if the claim found nothing and may wait. */
  async settleAndClaim(queue: string, settlements: readonly Settlement[], request: ClaimRequest): Promise<TurnResult> {
    const result = await this.attempt(queue, request, settlements);
    if (result.jobs.length > 0 || !waits(request)) return result;
    return { ...result, jobs: await this.wait(queue, request, result.outlook) };
  }

  /** Waiting claims end without jobs. */
  close(): void {
    this.closed = true;
    for (const room of this.rooms.values()) room.close();
    this.doorbell.close();
    this.sweep.close();
  }

  /** Waits for a sign of work, and claims nothing. */
  async untilWork(queue: string, { nextWakeMs, signal }: WorkWait): Promise<boolean> {
    if (this.closed) return false;
    return this.inRoom(queue, 1, { left: 0, nextWakeMs }, (room, place) => room.sleep(place, Infinity, signal));
  }

  /** For a sign of work that came to nothing here. */
  passOn(queue: string): void {
    this.doorbell.passOn(queue);
  }

  private async wait(queue: string, request: ClaimRequest, outlook?: Outlook): Promise<readonly ClaimedJob[]> {
    if (this.closed) return [];
    return this.inRoom(queue, request.max, outlook, (room, place) =>
      this.attemptWhenWoken(queue, room, place, request),
    );
  }

  private async inRoom<T>(
    queue: string,
    max: number,
    outlook: Outlook | undefined,
    stay: (room: WaitingRoom, place: Place) => Promise<T>,
  ): Promise<T> {
    if (this.waiting >= limits.maxWaitingClaims) throw tooManyWaiting();
    const room = this.rooms.get(queue) ?? new WaitingRoom();
    this.rooms.set(queue, room);
    const place = room.enter(max);
    this.waiting += 1;
    if (outlook !== undefined) room.learn(outlook);
    this.doorbell.listenTo(queue);
    this.sweep.keepLooking();
    try {
      return await stay(room, place);
    } finally {
      this.waiting -= 1;
      room.leave();
      if (!room.isOccupied) this.rooms.delete(queue);
    }
  }

  private async attemptWhenWoken(
    queue: string,
    room: WaitingRoom,
    place: Place,
    request: ClaimRequest,
  ): Promise<readonly ClaimedJob[]> {
    const until = performance.now() + (request.waitMs ?? 0);
    while (await room.sleep(place, until - performance.now(), request.signal)) {
      const { jobs } = await this.attempt(queue, request);
      if (jobs.length > 0) return jobs;
    }
    return [];
  }

  private async attempt(
    queue: string,
    request: ClaimRequest,
    settlements: readonly Settlement[] = [],
  ): Promise<TurnResult> {
    try {
      const result = await this.fill(queue, request, await this.turn(queue, request, settlements));
      if (request.signal?.aborted !== true || result.jobs.length === 0) return result;
      this.handBack(queue, result.jobs);
      return { ...result, jobs: [] };
    } catch (error) {
      this.rooms.get(queue)?.learn({ left: 0, nextWakeMs: retryRoomMs });
      throw error;
    }
  }

  private async turn(
    queue: string,
    { signal, ...claim }: ClaimRequest,
    settlements: readonly Settlement[],
  ): Promise<TurnResult> {
    const result = await this.turns.turn(queue, { settlements, claim, signal });
    this.rooms.get(queue)?.learn(result.outlook);
    return result;
  }

  /** A claim for more than one turn hands out goes on while there is more. */
  private async fill(queue: string, request: ClaimRequest, first: TurnResult): Promise<TurnResult> {
    const jobs = [...first.jobs];
    let more = first;
    while (
      more.jobs.length > 0 &&
      more.outlook.left > 0 &&
      jobs.length < request.max &&
      sizeOf(jobs) < maxClaimedBytes
    ) {
      try {
        more = await this.turn(queue, { ...request, max: request.max - jobs.length }, []);
      } catch {
        // What is claimed is claimed: the caller gets it, and meets the error at its next call.
        break;
      }
      jobs.push(...more.jobs);
    }
    return { ...first, jobs };
  }

  /** Nobody is there any more to run these. If this fails, their leases expire. */
  private handBack(queue: string, jobs: readonly ClaimedJob[]): void {
    this.turns.turn(queue, { settlements: settlementsOf({ release: jobs }) }).catch(() => undefined);
  }

  private rung(queue: string): boolean {
    const room = this.rooms.get(queue);
    room?.ring();
    return room !== undefined;
  }
}

function waits({ waitMs = 0 }: ClaimRequest): boolean {
  return waitMs > 0;
}

function sizeOf(jobs: readonly ClaimedJob[]): number {
  return jobs.reduce((total, { dataJson }) => total + dataJson.length, 0);
}

function tooManyWaiting(): MoorlineError {
  return new MoorlineError(
    'quota_exceeded',
    `Expected at most ${limits.maxWaitingClaims} waiting claims in this process. Claim without waitMs, or from fewer workers at a time.`,
    { retryAfterMs: 1000 },
  );
}
