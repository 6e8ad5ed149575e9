import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { MoorlineError } from '../../resilience/errors.js';

/** The rest of a refused body is read to its end, up to this, so that the client gets to read the answer. */
const maxDiscardedBytes = 64 * 1024 * 1024;

/**
 * The chunks of a body of `maxBytes` at most. What `consume` throws is thrown once the rest has been discarded:
 * answering earlier would reset the connection under a client that is still writing.
 */
export async function readBody(
  payload: Readable,
  headers: IncomingHttpHeaders,
  maxBytes: number,
  consume: (chunk: Buffer) => void,
): Promise<void> {
  let receivedBytes = 0;
  let problem: Error | undefined = encodingProblem(headers);
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) problem ??= bodyTooLarge(maxBytes);
    if (receivedBytes > maxBytes + maxDiscardedBytes) break;
    problem ??= problemOf(() => {
      consume(chunk);
    });
  }
  if (problem !== undefined) throw problem;
}

function problemOf(run: () => void): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const bodyTooLarge = (maxBytes: number): MoorlineError =>
  new MoorlineError(
    'body_too_large',
    `Expected a body of ${maxBytes} bytes at most; send the jobs in several requests`,
  );

function encodingProblem(headers: IncomingHttpHeaders): MoorlineError | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return new MoorlineError('unsupported_media_type', 'Expected a body without Content-Encoding');
}
