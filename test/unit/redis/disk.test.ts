import { expect, test } from '@jest/globals';
import { judgeDisk } from '../../../app/redis/disk.js';

const info = (version: string, aofEnabled: 0 | 1) => `redis_version:${version}\r\naof_enabled:${aofEnabled}\r\n`;
const reason = (pattern: RegExp) => ({ method: 'none', reason: expect.stringMatching(pattern) });

test.each([
  ['7.2.4', 1, 'everysec', { method: 'waitaof' }],
  ['7.2.4', 1, undefined, { method: 'waitaof' }],
  ['8.0.2', 1, 'always', { method: 'waitaof' }],
  ['10.0.0', 1, 'everysec', { method: 'waitaof' }],
  ['8.0.2', 1, 'no', reason(/appendfsync everysec or always/)],
  ['8.0.2', 0, 'everysec', reason(/appendonly yes/)],
  ['7.0.15', 1, 'always', { method: 'always' }],
  ['7.0.15', 0, 'always', reason(/appendonly yes/)],
  ['7.0.15', 1, 'everysec', reason(/appendfsync always, got appendfsync everysec/)],
  ['7.1.9', 1, undefined, reason(/allow it CONFIG GET/)],
] as const)('Redis %s with aof_enabled %s and appendfsync %s', (version, aofEnabled, appendfsync, expected) => {
  expect(judgeDisk(info(version, aofEnabled), appendfsync)).toEqual(expected);
});
