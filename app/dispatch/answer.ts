import type { JobFailure, JobView } from '../queue/types.js';

/** How a task ended; `unknown`: the queue has no such task (any more). */
export type Ending =
  | { readonly how: 'done'; readonly resultJson?: string }
  | { readonly how: 'failed'; readonly error: JobFailure }
  | { readonly how: 'cancelled' | 'expired' | 'unknown' };

const [done, fetch, failed, expired] = ['d', 'r', 'f', 'x'].map((letter) => letter.charCodeAt(0));

/** An answer as functions/answers.lua writes it; `fetch` when it is too large to travel. */
export function readAnswer(text: Buffer): Ending | 'fetch' {
  const letter = text[0];
  if (letter === done)
    return text.length === 1 ? { how: 'done' } : { how: 'done', resultJson: text.toString('utf8', 1) };
  if (letter === fetch) return 'fetch';
  if (letter === failed) return { how: 'failed', error: JSON.parse(text.toString('utf8', 1)) as JobFailure };
  return { how: letter === expired ? 'expired' : 'cancelled' };
}

/** What the queue says of a task; undefined while it is not over. */
export function endingOf(view: JobView | undefined): Ending | undefined {
  if (view === undefined) return { how: 'unknown' };
  switch (view.state) {
    case 'done':
      return { how: 'done', ...(view.resultJson === undefined ? {} : { resultJson: view.resultJson }) };
    case 'failed':
      return { how: 'failed', error: view.error };
    case 'dead':
      return { how: 'failed', error: view.errors.at(-1) ?? { message: `It is a dead letter (${view.reason})` } };
    case 'cancelled':
    case 'expired':
      return { how: view.state };
    default:
      return undefined;
  }
}

const lengthBytes = 4;

/** Ids and answers in turn, of texts with their lengths before them. */
export function unpackAnswers(packed: Buffer): readonly Buffer[] {
  const texts: Buffer[] = [];
  for (let at = 0; at < packed.length;) {
    const end = at + lengthBytes + packed.readUInt32BE(at);
    texts.push(packed.subarray(at + lengthBytes, end));
    at = end;
  }
  return texts;
}
