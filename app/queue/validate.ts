import { MoorlineError } from '../resilience/errors.js';
import { fencePattern, jobIdPattern, keyPattern, limits, queueNamePattern } from './limits.js';

/** Every message names the field, what was expected and what came. */
export function invalid(field: string, expected: string, got: unknown): MoorlineError {
  return new MoorlineError('invalid_request', `Expected ${field} to be ${expected}, got ${shown(got)}`);
}

export function checkQueueName(queue: string): void {
  if (!queueNamePattern.test(queue)) {
    throw invalid(
      'the queue name',
      '1-128 letters, digits, dots, underscores or hyphens, the first a letter or digit',
      queue,
    );
  }
}

/** A queue, or a shard of one. */
export function checkShardName(name: string): void {
  const shard = /:[1-9]\d?$/.exec(name);
  checkQueueName(shard === null ? name : name.slice(0, shard.index));
}

export function checkJobId(field: string, id: string): void {
  if (!jobIdPattern.test(id)) throw invalid(field, '1-200 characters without control characters', id);
}

/** A key of the order, or of dedupe. */
export function checkKey(field: string, key: string): void {
  if (!keyPattern.test(key) || Buffer.byteLength(key) > limits.maxKeyBytes) {
    throw invalid(field, `1-${limits.maxKeyBytes} bytes without control characters`, key);
  }
}

export function checkInteger(field: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(field, `an integer from ${min} to ${max}`, value);
}

export function checkAtMost(field: string, count: number, max: number): void {
  if (count > max) throw invalid(field, `at most ${max}`, count);
}

export function checkText(field: string, text: string, maxLength: number): void {
  if (text.length === 0 || text.length > maxLength) {
    throw invalid(field, `1-${maxLength} characters`, `${text.length} characters`);
  }
}

export function checkDelivery(field: string, delivery: { readonly id: string; readonly fence: string }): void {
  checkJobId(`${field}.id`, delivery.id);
  if (!fencePattern.test(delivery.fence)) {
    throw invalid(`${field}.fence`, 'the string that the claim answered', delivery.fence);
  }
}

export function checkClaim(
  field: string,
  request: { readonly max: number; readonly leaseMs: number; readonly worker: string; readonly waitMs?: number },
): void {
  checkInteger(`${field}.max`, request.max, 1, limits.maxClaim);
  checkInteger(`${field}.leaseMs`, request.leaseMs, limits.minLeaseMs, limits.maxLeaseMs);
  checkText(`${field}.worker`, request.worker, limits.maxWorkerLength);
  checkInteger(`${field}.waitMs`, request.waitMs ?? 0, 0, limits.maxWaitMs);
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export function checkRate(field: string, perSecond: number): void {
  if (!(perSecond >= limits.minRatePerSecond && perSecond <= limits.maxRatePerSecond)) {
    throw invalid(field, `a number from ${limits.minRatePerSecond} to ${limits.maxRatePerSecond}`, perSecond);
  }
}
