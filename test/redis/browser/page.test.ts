import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startGatewayAt } from '../support/gateway-at.js';
import { startHighAvailability } from '../support/high-availability.js';
import { startMoorline } from '../support/moorline-process.js';
import { waitFor } from '../support/wait-for.js';

const repository = new URL('../../../../', import.meta.url);
const page = new URL('examples/live/index.html', repository);
const producer = fileURLToPath(new URL('build/examples/live/publish.js', repository));
/** The page takes no part in what slows a browser down on a busy machine. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;
const producers = new Set<ChildProcess>();

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(fileURLToPath(new URL('scripts/need', repository)), ['chromium']);
  browser = await chromium.launch({ executablePath: stdout.trim(), args, timeout: 60_000 });
}, 120_000);

afterAll(async () => {
  for (const one of producers) one.kill('SIGKILL');
  await browser.close();
});

/** Publishes words one after the other; resolves with its exit code. */
async function publish(gateway: string, stream: string, text: string): Promise<number | null> {
  const child = spawn(process.execPath, [producer, stream, text], {
    env: { PATH: process.env.PATH, MOORLINE_URL: gateway },
    stdio: 'ignore',
  });
  producers.add(child);
  await once(child, 'exit');
  producers.delete(child);
  return child.exitCode;
}

async function openPage(gateway: string, stream: string): Promise<Page> {
  const opened = await browser.newPage();
  const url = new URL(page);
  url.search = String(new URLSearchParams({ gateway, stream }));
  await opened.goto(url.href);
  return opened;
}

const textOf = async (opened: Page, id: string): Promise<string> =>
  (await opened.locator(`#${id}`).textContent()) ?? '';

test('a page shows every word once, while its gateway is replaced and Redis fails over', async () => {
  const ha = await startHighAvailability({ downAfterMs: 1_000 });
  const [followed, other] = await Promise.all([
    startGatewayAt({ REDIS_URI: ha.uri }),
    startMoorline('gateway', { REDIS_URI: ha.uri }),
  ]);
  const opened = await openPage(followed.url, 'answer');
  const words = Array.from({ length: 120 }, (_, at) => `word-${at}`);
  const text = words.join(' ');
  const shown = () => textOf(opened, 'answer');
  const has = (word: number) => waitFor(`word ${word}`, async () => (await shown()).includes(`word-${word} `));

  const published = publish(other.url, 'answer', text);
  await has(5);
  await followed.replace();
  await has(40);
  await (await ha.primary()).kill();
  expect(await published).toBe(0);
  await waitFor('the end', async () => (await textOf(opened, 'state')) === 'complete');
  expect(await shown()).toBe(text);

  // Reloaded, it shows the same once more: the stream is kept for a while.
  await opened.reload();
  await waitFor('the end', async () => (await textOf(opened, 'state')) === 'complete');
  expect(await shown()).toBe(text);
}, 120_000);
