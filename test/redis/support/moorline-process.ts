import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { waitFor } from './wait-for.js';

const entry = fileURLToPath(new URL('../../../app/main.js', import.meta.url));
const running = new Set<MoorlineProcess>();

// Registered by the import alone: whatever a test file starts ends with it, also when a test fails half-way.
afterAll(async () => {
  await Promise.all([...running].map((one) => one.kill()));
});

/** Starts `moorline gateway` or `moorline worker` as a process of its own on a free port, and waits until it listens. */
export async function startMoorline(
  kind: 'gateway' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<MoorlineProcess> {
  const started = new MoorlineProcess(kind, environment);
  running.add(started);
  await started.listens();
  return started;
}

export class MoorlineProcess {
  private readonly child: ChildProcess;
  private output = '';
  private listensAt: string | undefined;

  constructor(kind: string, environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [entry, kind], {
      env: { PATH: process.env.PATH, MOORLINE_HOST: '127.0.0.1', MOORLINE_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** For example `http://127.0.0.1:41234`. */
  get url(): string {
    if (this.listensAt === undefined) throw new Error('It does not listen yet');
    return this.listensAt;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** All it has written. */
  get log(): string {
    return this.output;
  }

  async listens(): Promise<void> {
    this.listensAt = await waitFor('it listens', () => {
      if (!this.isRunning) throw new Error(`It ended: ${this.output}`);
      return /"url":"([^"]+)"/.exec(this.output)?.[1];
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Its exit code; null when a signal ended it. */
  async exit(): Promise<number | null> {
    if (this.isRunning) await once(this.child, 'exit');
    running.delete(this);
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit();
  }
}
