import type { Delivery } from './delivery.js';

/**
 * The deliveries at work, in no order. Not a Set: one that is never still outgrows its table all the time, and the tables it
 * leaves behind keep thousands of finished jobs from being collected young.
 */
export class Running implements Iterable<Delivery> {
  private readonly deliveries: Delivery[] = [];

  get size(): number {
    return this.deliveries.length;
  }

  add(delivery: Delivery): void {
    delivery.place = this.deliveries.length;
    this.deliveries.push(delivery);
  }

  /** The last one takes its place. */
  delete(delivery: Delivery): void {
    const last = this.deliveries.pop();
    if (last === undefined || last === delivery) return;
    this.deliveries[delivery.place] = last;
    last.place = delivery.place;
  }

  [Symbol.iterator](): Iterator<Delivery> {
    return this.deliveries.values();
  }
}
