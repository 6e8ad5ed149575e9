import { nowMs } from '../clock.js';
import { LiveJournal } from './live-journal.js';
import { Pulse } from './pulse.js';

export type Verdict = 'done' | 'failed';

/** What is known of one delivery, which a job's id and a fence name. */
export interface Delivery {
  readonly id: string;
  readonly fence: string;
  /** How often it was handed out. */
  handedOut: number;
  /** The different verdicts that the queue has accepted on it. */
  readonly accepted: Set<Verdict>;
}

/** All that the clients of one round have seen. */
export class Journal {
  /** Ids of jobs that the gateway said it has. */
  readonly acknowledged = new Set<string>();
  /** `id:fence` -> what became of it. */
  readonly deliveries = new Map<string, Delivery>();
  /** Ids of jobs that somebody has begun to run. */
  readonly begun = new Set<string>();
  /** What calls have failed of -> how often. */
  readonly failures = new Map<string, number>();
  readonly live = new LiveJournal();
  readonly pulses = new Map<string, Pulse>();

  /** The pulse of a client, from now on. */
  pulseOf(client: string): Pulse {
    const pulse = this.pulses.get(client) ?? new Pulse(nowMs());
    this.pulses.set(client, pulse);
    return pulse;
  }

  handedOut(id: string, fence: string): Delivery {
    const key = `${id}:${fence}`;
    const delivery = this.deliveries.get(key) ?? { id, fence, handedOut: 0, accepted: new Set() };
    this.deliveries.set(key, delivery);
    delivery.handedOut += 1;
    this.begun.add(id);
    return delivery;
  }

  failed(code: string): void {
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
  }
}
