import { expect, test } from '@jest/globals';
import { localizePaths } from '../../../cdk8s/local/plan/mounts.js';

const mounts = [
  { mountPath: '/data', localPath: '/h/data' },
  { mountPath: '/etc/redis', localPath: '/h/etc' },
  { mountPath: '/etc/redis/redis.conf', localPath: '/h/conf/redis.conf' },
];

test.each([
  ['/data', '/h/data'],
  ['/data/aof', '/h/data/aof'],
  ['--dir=/data', '--dir=/h/data'],
  ['dir "/data/"', 'dir "/h/data/"'],
  ['/data:/data', '/h/data:/h/data'],
  ['/etc/redis/redis.conf', '/h/conf/redis.conf'],
  ['/etc/redis/users.acl', '/h/etc/users.acl'],
  ['/database', '/database'],
  ['/data.old', '/data.old'],
  ['/data-2', '/data-2'],
  ['/mnt/data', '/mnt/data'],
  ['$HOME/data', '$HOME/data'],
  ['${HOME}/data', '${HOME}/data'],
  ['./data', './data'],
])('%s becomes %s', (text, local) => {
  expect(localizePaths(text, mounts)).toBe(local);
});

test('a local path that looks like a mount is not replaced again', () => {
  const nested = [
    { mountPath: '/a', localPath: '/b' },
    { mountPath: '/b', localPath: '/c' },
  ];
  expect(localizePaths('/a /b', nested)).toBe('/b /c');
});

test('text without mounts stays', () => {
  expect(localizePaths('/data', [])).toBe('/data');
});
