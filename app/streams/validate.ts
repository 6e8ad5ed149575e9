import { MoorlineError } from '../resilience/errors.js';
import { limits, streamNamePattern } from './limits.js';
import type { Position } from './types.js';

/** Every message names the field, what was expected and what came. */
export function invalid(field: string, expected: string, got: unknown): MoorlineError {
  return new MoorlineError('invalid_request', `Expected ${field} to be ${expected}, got ${shown(got)}`);
}

export function checkStreamName(stream: string): void {
  if (!streamNamePattern.test(stream)) {
    const expected = '1-200 letters, digits, dots, colons, underscores or hyphens, the first a letter or digit';
    throw invalid('the stream name', expected, stream);
  }
}

export function checkPosition({ epoch, offset }: Position): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw invalid('offset', 'an integer from 0', offset);
  if (!/^[A-Za-z0-9]{0,64}$/.test(epoch)) throw invalid('epoch', 'the text that came with the offset', epoch);
}

/** JSON texts of chunks, none too large. */
export function chunkTexts(chunks: readonly unknown[]): readonly Buffer[] {
  if (chunks.length > limits.maxChunksPerRequest) {
    throw invalid('the number of chunks', `at most ${limits.maxChunksPerRequest}`, chunks.length);
  }
  return chunks.map((chunk, index) => {
    const text: unknown = JSON.stringify(chunk);
    if (typeof text !== 'string') throw invalid(`chunks[${index}]`, 'a JSON value', typeof chunk);
    const json = Buffer.from(text);
    if (json.length <= limits.maxChunkBytes) return json;
    throw invalid(`chunks[${index}]`, `at most ${limits.maxChunkBytes} bytes of JSON`, `${json.length} bytes`);
  });
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
}
