import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const sources = fileURLToPath(new URL('../../../../examples/clients/', import.meta.url));
const compiled = fileURLToPath(new URL('../../../examples/clients/', import.meta.url));

let client: GatewayClient;
let environment: Record<string, string | undefined>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  const redis = await startRedis();
  const REDIS_URI = `redis://${redis.address}`;
  const gateway = await startMoorline('gateway', { REDIS_URI, MOORLINE_TOKEN: 'secret' });
  client = new GatewayClient(gateway.url, 'secret');
  environment = { PATH: process.env.PATH, REDIS_URI, MOORLINE_URL: gateway.url, MOORLINE_TOKEN: 'secret' };
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function start(command: string, args: readonly string[], settings: Record<string, string> = {}): ChildProcess {
  const child = spawn(command, args, { env: { ...environment, ...settings }, stdio: ['ignore', 'pipe', 'ignore'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

describe('docs/client.md', () => {
  const page = readFileSync(new URL('../../../../docs/client.md', import.meta.url), 'utf8');

  test('shows the examples as they are', () => {
    const shown = [...page.matchAll(/```ts\n\/\/ examples\/clients\/(\S+)\n(.*?)```/gs)];
    const files = readdirSync(sources).filter((file) => file.endsWith('.ts'));
    expect(shown.map(([, file]) => file).sort()).toEqual(files.sort());
    for (const [, file, code] of shown) expect(code).toBe(readFileSync(`${sources}${file ?? ''}`, 'utf8'));
  });

  test.each([
    ['quick-start', "{ sentTo: 'you@example.com' }\n"],
    ['schema', 'invalid_request false\ncharged c-1 1250\n'],
    ['direct', '10000 added, 10000 ready\nsum 49995000\n'],
  ])('its example %s runs', async (name, output) => {
    const child = start(process.execPath, [`${compiled}${name}.js`]);
    expect(child.stdout === null ? '' : await text(child.stdout)).toBe(output);
  });
});

describe('docs/protocol.md', () => {
  test.each([['follow.py'], ['follow_ws.py']])('its example %s shows a stream to its end', async (file) => {
    const stream = file.replace('.', '-');
    const publish = (chunks: readonly unknown[], end = false) =>
      client.post(`/api/v1/streams/${stream}/chunks`, { chunks, end });
    const long = 'x'.repeat(70_000);
    await publish(['before', 'x'.repeat(300)]);
    const child = start('python3', [`${sources}${file}`, stream]);
    const output = child.stdout === null ? Promise.resolve('') : text(child.stdout);
    await publish([long, 'last'], true);
    expect(await output).toBe(['before', 'x'.repeat(300), long, 'last', ''].join('\n'));
  });
});

/** What a job does to a command: it fails, or sleeps for so long, or is done with what it got. */
const script = `read -r data
case $data in
  *fail*) exit 3 ;;
  *600*) exec sleep 600 ;;
  *seconds*) sleep 5 ;;
esac
echo "{\\"got\\":$data}"`;

const workers = {
  'worker.py': {
    command: 'python3',
    args: (queue: string) => [`${sources}worker.py`, queue],
    settings: { LEASE_MS: '1500', GRACE_S: '0.2' },
  },
  'worker.sh': {
    command: 'sh',
    args: (queue: string) => [`${sources}worker.sh`, queue, 'sh', '-c', script],
    settings: { LEASE_S: '2', GRACE_S: '0' },
  },
};

describe.each(Object.entries(workers))('examples/clients/%s', (file, { command, args, settings }) => {
  const queue = file.replace('worker.', 'example-');
  const job = async (id: string) => (await client.get(`/api/v1/queues/${queue}/jobs/${id}`)).body;
  const untilState = (id: string, state: string) =>
    waitFor(`${id} is ${state}`, async () => {
      const found = await job(id);
      return found.state === state && found;
    });
  test('does jobs, tells failures, renews leases and hands back what it cannot end', async () => {
    const worker = start(command, args(queue), settings);
    await client.queue(queue, 'jobs', { id: 'quo"te', data: { name: 'a "b" }]}' } });
    expect(await untilState('quo"te', 'done')).toMatchObject({ result: expect.anything() });
    await client.queue(queue, 'jobs', { id: 'bad', data: { fail: true }, maxAttempts: 1 });
    expect(await untilState('bad', 'dead')).toMatchObject({ errors: [{ code: expect.any(String) }] });
    // Longer than two leases.
    await client.queue(queue, 'jobs', { id: 'long', data: { seconds: 5 } });
    await untilState('long', 'done');
    expect((await client.get(`/api/v1/queues/${queue}`)).body).toMatchObject({ totals: { crashed: 0, done: 2 } });

    await client.queue(queue, 'jobs', { id: 'stuck', data: { seconds: 600 } });
    const { until } = await untilState('stuck', 'leased');
    await waitFor('its lease is renewed, so it is at work', async () => (await job('stuck')).until !== until);
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    expect(await job('stuck')).toMatchObject({ state: 'ready', attempts: 0, crashes: 0 });
  });
});
