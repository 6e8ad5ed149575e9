import { execFile } from 'node:child_process';
import type { LocalProcess } from './plan/plan.js';

/** Runs the readiness probe of a process as a kubelet would; undefined when it is ready, else what the probe said. */
export async function whyNotReady(process: LocalProcess): Promise<string | undefined> {
  const { readiness } = process;
  return readiness.kind === 'http'
    ? askHttp(readiness.url, readiness.timeoutMs)
    : runCommand(readiness.command, process.environment, readiness.timeoutMs);
}

async function askHttp(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return response.ok ? undefined : reasonOf(text);
  } catch {
    return 'does not answer';
  }
}

async function runCommand(
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string | undefined> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { env: { PATH, HOME, ...environment }, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, _stdout, stderr) => {
        resolve(error === null ? undefined : reasonOf(stderr));
      },
    );
  });
}

/** What a probe says, short: `not ready: ...` of a script, the `reason` of an application. */
export function reasonOf(output: string): string {
  const said = /"reason":"([^"]*)"/.exec(output)?.[1] ?? output.trim().split('\n')[0] ?? '';
  const reason = said.replace(/^moorline: (not ready: )?/, '');
  return reason === '' ? 'its probe fails' : reason;
}
