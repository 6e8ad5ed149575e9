import type { Subscription } from '../../../app/streams/subscription.js';
import { beginning, type TestStreams } from './streams.js';

/** What all followers together have been given: an offset of an epoch must stand for one chunk. */
export class Told {
  readonly violations: string[] = [];
  private readonly values = new Map<string, number>();

  note(epoch: string, offset: number, value: number): void {
    const key = `${epoch}:${offset}`;
    const before = this.values.get(key) ?? value;
    if (before !== value) this.violations.push(`${key} was ${before} and then ${value}`);
    this.values.set(key, value);
  }
}

/** Somebody who follows a stream of rising numbers, leaves, comes back where he was, and writes down what he was given. */
export class Follower {
  /** The numbers between two times that he was told of a loss. */
  readonly segments: number[][] = [[]];
  isStalled = false;
  private position = beginning;
  private subscription: Subscription | undefined;
  private at: TestStreams | undefined;
  private isPulling = false;
  private hasNews = false;

  constructor(
    private readonly stream: string,
    private readonly told: Told,
  ) {}

  get isFollowing(): boolean {
    return this.subscription !== undefined;
  }

  get offset(): number {
    return this.position.offset;
  }

  get lastValue(): number | undefined {
    return this.segments.at(-1)?.at(-1);
  }

  /** Begins, goes on where he stalled, or comes back after he left. */
  async follow(at: TestStreams): Promise<void> {
    this.isStalled = false;
    this.at = at;
    if (this.subscription === undefined) await this.begin(at);
    await this.pull();
  }

  leave(): void {
    this.subscription?.close();
    this.subscription = undefined;
  }

  /** Reads nothing more for now. */
  stall(): void {
    this.isStalled = true;
  }

  private async begin(at: TestStreams): Promise<void> {
    const wanted = this.position;
    const begun = await at.streams.subscribe(this.stream, wanted, () => void this.pull());
    if (begun.recovered) this.expect(begun.position.offset === wanted.offset, `recovered at ${begun.position.offset}`);
    else this.segments.push([]);
    this.position = begun.position;
    this.subscription = begun.subscription;
  }

  private async pull(): Promise<void> {
    this.hasNews = true;
    if (this.isPulling) return;
    this.isPulling = true;
    try {
      while (this.hasNews && !this.isStalled && this.subscription !== undefined) {
        this.hasNews = false;
        await this.once(this.subscription);
      }
    } finally {
      this.isPulling = false;
    }
  }

  private async once(subscription: Subscription): Promise<void> {
    // Redis could not be asked in time: his connection is closed, and he comes back.
    const pulled = await Promise.resolve(subscription.pull()).catch(() => undefined);
    // He left meanwhile: what comes now is not for him.
    if (subscription !== this.subscription) return;
    this.hasNews = true;
    if (pulled === 'lost' || pulled === undefined) {
      this.leave();
      if (this.at !== undefined && pulled === 'lost') await this.begin(this.at).catch(() => undefined);
      return;
    }
    this.hasNews = pulled.length > 0;
    const { epoch } = subscription.position;
    for (const { offset, json } of pulled) this.take(epoch, offset, Number(json.toString()));
  }

  private take(epoch: string, offset: number, value: number): void {
    const { offset: before } = this.position;
    this.expect(offset === before + 1, `chunk ${offset} after ${before}`);
    const last = this.lastValue;
    this.expect(last === undefined || value === last + 1, `${value} after ${String(last)} at ${offset}`);
    this.told.note(epoch, offset, value);
    this.position = { epoch, offset };
    this.segments.at(-1)?.push(value);
  }

  private expect(holds: boolean, what: string): void {
    if (!holds) this.told.violations.push(what);
  }
}
