import { randomInt } from 'node:crypto';

const halfOf40Bits = 2 ** 39;
let lastMs = 0;
let head = '';
let tail = 0;

/** A new id of 26 characters: ids made later sort later, within one process strictly; 79 random bits a millisecond tell processes apart. */
export function makeJobId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    head = digits(nowMs, 10) + digits(randomInt(2 ** 40), 8);
    tail = randomInt(halfOf40Bits);
  } else {
    tail += 1;
  }
  return head + digits(tail, 8);
}

function digits(value: number, length: number): string {
  return value.toString(32).padStart(length, '0');
}
