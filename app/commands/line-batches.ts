import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const maxLines = 5_000;
const maxCharacters = 4 * 1024 * 1024;

/** The lines of a file in portions that fit into a request. */
export async function* inBatches(input: Readable): AsyncGenerator<string> {
  let lines: string[] = [];
  let characters = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    lines.push(line);
    characters += line.length;
    if (lines.length < maxLines && characters < maxCharacters) continue;
    yield lines.join('\n');
    lines = [];
    characters = 0;
  }
  if (lines.length > 0) yield lines.join('\n');
}
