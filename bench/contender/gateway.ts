import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../test/redis/support/wait-for.js';

const entry = fileURLToPath(new URL('../../app/main.js', import.meta.url));

/** A gateway as it is released, in a process of its own beside this one. */
export class Gateway {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(redisPort: number): Promise<Gateway> {
    const child = spawn(process.execPath, [entry, 'gateway'], {
      env: {
        PATH: process.env.PATH,
        REDIS_URI: `redis://127.0.0.1:${redisPort}`,
        MOORLINE_HOST: '127.0.0.1',
        MOORLINE_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const gateway = new Gateway(await urlIn(child), child);
    await waitFor('the gateway is ready', async () => (await fetch(`${gateway.url}/readyz`)).ok);
    return gateway;
  }

  jobsUrl(queue: string): string {
    return `${this.url}/api/v1/queues/${queue}/jobs`;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

/** The line of its log that says where it listens. */
async function urlIn(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('Expected the output of the gateway');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /"url":"([^"]+)"/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('The gateway ended before it listened');
}
