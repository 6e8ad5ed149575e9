import { createHash } from 'node:crypto';
import { limits } from './limits.js';
import type { JobFailure } from './types.js';

/** What is stored of a failure: bounded, as JSON text. */
export function failureJson({ message, code, stack, details }: JobFailure): string {
  return JSON.stringify({
    message: cutToBytes(message, limits.maxErrorMessageBytes),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack: cutToBytes(stack, limits.maxErrorStackBytes) }),
    ...(details === undefined ? {} : { details: boundedDetails(details) }),
  });
}

/** Whole when they are small enough, else as the beginning of their JSON text: still something to read. */
function boundedDetails(details: unknown): unknown {
  const json = JSON.stringify(details);
  return Buffer.byteLength(json) <= limits.maxErrorDetailsBytes
    ? details
    : cutToBytes(json, limits.maxErrorDetailsBytes);
}

/** The same for failures that differ only in numbers, ids and quoted values. */
export function fingerprintOf({ message, code = '' }: JobFailure): string {
  const kind = cutToBytes(message, limits.maxErrorMessageBytes)
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '""')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b/gi, '#')
    .replaceAll(/\w*\d\w*/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return createHash('sha256').update(`${code}\n${kind}`).digest('hex').slice(0, 16);
}

/** Cut between characters, so that the rest is still text. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes.toString();
  const ellipsis = '…';
  let end = maxBytes - Buffer.byteLength(ellipsis);
  while (isContinuation(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end) + ellipsis;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
