import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { homeAt } from '../../../cdk8s/local/home.js';
import type { ProcessStatus } from '../../../cdk8s/local/status.js';
import { isAlive, type ProcessIdentity } from '../../../cdk8s/local/supervisor/processes.js';
import { readState } from '../../../cdk8s/local/supervisor/state.js';
import { GatewayClient } from '../../../examples/checksum/gateway-client.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `make up` and its fellows run, in a directory of its own. */
export class LocalInstance {
  readonly directory = mkdtempSync(join(tmpdir(), 'moorline-local-'));
  readonly home = homeAt(join(this.directory, 'home'));

  /** `make COMMAND`, without the building; `onOutput` gets what it prints as it comes, and how to signal it. */
  async run(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    onOutput: (output: string, signal: (name: NodeJS.Signals) => void) => void = () => undefined,
  ): Promise<Ended> {
    const child = spawn(process.execPath, [join(repository, 'build/cdk8s/local/main.js'), ...args], {
      cwd: this.directory,
      env: { ...process.env, MOORLINE_HOME: this.home.root, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (output: Buffer) => {
      onOutput(output.toString(), (name) => child.kill(name));
    });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    return { exitCode, stdout, stderr };
  }

  /** @throws Error with the output when the command fails. */
  async make(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args);
    if (exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${String(exitCode)}\n${stdout}\n${stderr}`);
    return stdout;
  }

  async status(): Promise<readonly ProcessStatus[]> {
    return JSON.parse(await this.make('status', '--json')) as ProcessStatus[];
  }

  /** Name of the Redis that is primary now, by its own word. */
  async primary(): Promise<string | undefined> {
    return (await this.status()).find(({ role }) => role === 'primary')?.name;
  }

  /** 0 while the process does not run. */
  pid(name: string): number {
    const file = join(this.home.pids, name);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  kill(name: string, signal: NodeJS.Signals): void {
    process.kill(this.pid(name), signal);
  }

  /** What `.moorline/env` says. */
  connection(): Partial<Record<string, string>> {
    return parseEnv(readFileSync(this.home.envFile, 'utf8'));
  }

  gateway(): GatewayClient {
    const { MOORLINE_URL = '', MOORLINE_TOKEN = '' } = this.connection();
    return new GatewayClient(MOORLINE_URL, MOORLINE_TOKEN);
  }

  /** The supervisor and all that it runs right now. */
  identities(): ProcessIdentity[] {
    const state = readState(this.home);
    const processes = Object.values(state?.processes ?? {}).map(({ identity }) => identity);
    return [state?.supervisor, ...processes].filter((identity) => identity !== undefined).filter(isAlive);
  }

  async dispose(): Promise<void> {
    await this.run(['down', '--delete-data']);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
