import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { regularFiles, sha256sums } from '../../../examples/checksum/files.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'moorline-files-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('every regular file is found, at any depth, and no link is followed', async () => {
  const expected = ['a', 'b/c', 'b/d/e/f', 'b/z'].map((path) => file(path, path));
  mkdirSync(join(directory, 'empty'));
  symlinkSync(join(directory, 'a'), join(directory, 'link'));
  symlinkSync(directory, join(directory, 'b', 'round'));
  expect(await regularFiles(directory)).toEqual(expected);
});

test('sums come in the order of the files, whatever these are called', async () => {
  const names = ['z', 'a', 'with space', 'back\\slash', 'new\nline', "quo'te", '-n'];
  const files = names.map((name) => file(name, `content of ${name}`));
  const expected = files.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
  expect(await sha256sums(files)).toEqual(expected);
});

test('a file that is gone is an error, not a shorter list', async () => {
  await expect(sha256sums([file('here', ''), join(directory, 'gone')])).rejects.toThrow('expected 2 sums, got 1');
});

function file(path: string, text: string): string {
  const full = join(directory, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}
