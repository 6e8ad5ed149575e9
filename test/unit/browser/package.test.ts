import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';

const repository = new URL('../../../../', import.meta.url);
const built = new URL('build/browser/', repository);
const maxBytes = 6 * 1024;

test('the client for web pages is small, and has no dependencies', () => {
  const modules = readdirSync(built).filter((name) => name.endsWith('.js'));
  const code = modules.map((name) => readFileSync(new URL(name, built), 'utf8')).join('');
  expect(modules).toContain('index.js');
  expect([...code.matchAll(/from '([^']+)'/g)].filter(([, from]) => from?.startsWith('./') !== true)).toEqual([]);
  expect(gzipSync(code).length).toBeLessThan(maxBytes);
});

test('it uses nothing but what browsers have', () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', fileURLToPath(new URL('browser', repository))]);
});
