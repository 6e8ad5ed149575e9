import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, homeAt, logFileOf } from '../../../cdk8s/local/home.js';
import { keepLogsBounded, lastLogLine } from '../../../cdk8s/local/supervisor/log-files.js';

let home: Home;

beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'moorline-logs-')));
  mkdirSync(home.log);
});

afterEach(() => {
  rmSync(home.root, { recursive: true, force: true });
});

test('a log over its bound is emptied and its text kept once', () => {
  writeFileSync(logFileOf(home, 'long'), 'x'.repeat(101));
  writeFileSync(logFileOf(home, 'short'), 'y'.repeat(100));
  keepLogsBounded(home, 100);
  expect(readFileSync(logFileOf(home, 'long'), 'utf8')).toBe('');
  expect(readFileSync(`${logFileOf(home, 'long')}.1`, 'utf8')).toHaveLength(101);
  expect(readFileSync(logFileOf(home, 'short'), 'utf8')).toHaveLength(100);
});

test('the last line is told, empty where nothing was written', () => {
  writeFileSync(logFileOf(home, 'a'), 'first\nlast\n');
  expect(lastLogLine(home, 'a')).toBe('last');
  expect(lastLogLine(home, 'b')).toBe('');
});
