import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { executorsOf } from '../../../app/worker/executors.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moorline-handlers-'));
});
afterAll(() => rm(directory, { recursive: true }));

let files = 0;
const load = async (source: string | undefined, pushUrls: Record<string, string> = {}) => {
  const handlersFile = source === undefined ? undefined : join(directory, `handlers-${++files}.mjs`);
  if (handlersFile !== undefined) await writeFile(handlersFile, source ?? '');
  return executorsOf({ handlersFile, pushUrls });
};

test('a worker serves the queues of its module and those with a push URL', async () => {
  const executors = await load('export default { a: async () => 1, "b.c-d": () => 2 }', { e: 'http://127.0.0.1/x' });
  expect([...executors.keys()]).toEqual(['a', 'b.c-d', 'e']);
});

test('a worker may serve no queue but that of the check', async () => {
  expect((await load(undefined)).size).toBe(0);
});

test.each<[string, string, Record<string, string>, RegExp]>([
  ['does not parse', 'export default {', {}, /handlers-\d+\.mjs: .*does not load: SyntaxError/],
  ['throws while it loads', 'throw new Error("no database")', {}, /does not load: Error: no database/],
  ['imports what is not there', 'import "./nothing.mjs"', {}, /does not load: Error.*Cannot find module/],
  ['exports nothing', 'export const a = 1', {}, /no default export/],
  ['exports no object', 'export default 5', {}, /got number/],
  ['exports null', 'export default null', {}, /export default/],
  ['exports no handler', 'export default {}', {}, /export default/],
  ['exports what is no function', 'export default { a: 1 }', {}, /function for the queue a, got number/],
  ['names a queue badly', 'export default { "a b": () => 1 }', {}, /"a b" is no name of a queue/],
  ['takes the queue of the check', 'export default { "moorline-check": () => 1 }', {}, /moorline-check/],
  ['has a push URL too', 'export default { a: () => 1 }', { a: 'http://127.0.0.1/' }, /one of the two/],
  ['comes with a URL with a password', 'export default { a: () => 1 }', { b: 'http://u:secret@h/' }, /queue b/],
])('a module that %s stops the start with one line', async (_, source, pushUrls, message) => {
  const failure = await load(source, pushUrls).then(
    () => 'it loaded',
    (error: unknown) => (error as Error).message,
  );
  expect(failure).toMatch(message);
  expect(failure).not.toMatch(/\n|secret/);
});
