import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const usage = `Usage: node build/examples/live/publish.js STREAM [TEXT]

Publishes the words of a text to a stream, one every 50 ms, and ends it. MOORLINE_URL and MOORLINE_TOKEN say where.`;

const text = 'Every word comes once, and in its place, whatever happens on its way here. ';
const pauseMs = 50;
const retryMs = 500;
/** Longer than any failover. */
const patienceMs = 120_000;

const { MOORLINE_URL: url = 'http://127.0.0.1:8080', MOORLINE_TOKEN: token } = process.env;

async function main([stream, words = text.repeat(10)]: readonly string[]): Promise<number> {
  if (stream === undefined || stream === '--help') {
    console.log(usage);
    return stream === undefined ? 2 : 0;
  }
  const producer = randomUUID();
  const chunks = words.match(/\S+\s*/g) ?? [];
  for (const [at, chunk] of chunks.entries()) {
    // The same number again is stored once: what got no answer can be sent again.
    await publish(stream, { chunks: [chunk], end: at === chunks.length - 1, producer, sequence: at + 1 });
    await sleep(pauseMs);
  }
  console.log(`${chunks.length} words`);
  return 0;
}

async function publish(stream: string, body: object): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const problem = await post(stream, body);
    if (problem === undefined) return;
    if (!problem.retryable || Date.now() > until) throw new Error(problem.message);
    await sleep(retryMs * (0.5 + Math.random()));
  }
}

interface Problem {
  readonly message: string;
  readonly retryable: boolean;
}

/** What went wrong, if anything did. */
async function post(stream: string, body: object): Promise<Problem | undefined> {
  try {
    const response = await fetch(`${url}/api/v1/streams/${encodeURIComponent(stream)}/chunks`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return response.ok ? undefined : ((await response.json()) as { readonly error: Problem }).error;
  } catch (error) {
    return { message: String(error), retryable: true };
  }
}

process.exitCode = await main(process.argv.slice(2));
