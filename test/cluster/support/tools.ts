import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a command to its end; an error carries what it printed. */
export async function command(file: string, args: readonly string[], timeoutMs = 120_000): Promise<string> {
  const { stdout } = await run(file, args, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Creates or changes objects of any kind. */
export async function apply(namespace: string, ...objects: readonly object[]): Promise<void> {
  const applied = run('kubectl', ['-n', namespace, 'apply', '-f', '-'], { timeout: 120_000 });
  applied.child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await applied;
}

/** Has the API server check objects, and keep none. */
export async function dryRun(namespace: string, objects: readonly object[]): Promise<void> {
  const applied = run('kubectl', ['-n', namespace, 'create', '--dry-run=server', '-f', '-'], { timeout: 120_000 });
  applied.child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await applied;
}

export const kubectl = (...args: string[]): Promise<string> => command('kubectl', args);
export const helm = (...args: string[]): Promise<string> => command(process.env['HELM'] ?? 'helm', args, 600_000);

/** Asks again until `check` answers something, for `timeoutMs` at most. */
export async function eventually<T>(what: string, timeoutMs: number, check: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A local port that leads to a port of a Service, while `use` runs. */
export async function withPortForward<T>(
  namespace: string,
  target: string,
  port: number,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const forward = spawn('kubectl', ['-n', namespace, 'port-forward', target, `:${port}`, '--address', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const local = await new Promise<string>((resolve, reject) => {
      let text = '';
      forward.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
      forward.once('exit', (code) => {
        reject(new Error(`port-forward to ${target} ended with ${String(code)}`));
      });
    });
    return await use(`http://127.0.0.1:${local}`);
  } finally {
    const ended = forward.exitCode === null && forward.signalCode === null ? once(forward, 'exit') : undefined;
    forward.kill();
    await ended;
  }
}
