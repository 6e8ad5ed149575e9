import { expect, test } from '@jest/globals';
import { decideInstallation } from '../../../cdk8s/local/install.js';
import { parseServerVersion, refuseOldServer } from '../../../cdk8s/local/requirements.js';

test.each([
  [
    'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64',
    { product: 'Redis', text: '7.0.15', major: 7 },
  ],
  ['Redis server v=8.0.2 sha=0', { product: 'Redis', text: '8.0.2', major: 8 }],
  ['Valkey server v=8.1.0-rc1 sha=0', { product: 'Valkey', text: '8.1.0-rc1', major: 8 }],
])('%s is understood', (output, version) => {
  expect(parseServerVersion(output)).toEqual(version);
});

test('something else that is called redis-server is refused', () => {
  expect(() => parseServerVersion('hello\n')).toThrow('redis-server --version: expected its version, got "hello"');
});

test('an old server is refused with its version', () => {
  expect(() => {
    refuseOldServer({ product: 'Redis', text: '6.2.14', major: 6 });
  }).toThrow(/^Redis 6\.2\.14 \(.*redis-server\) is too old: 7\.0 or later must come first on PATH$/);
});

const apt = { program: 'apt-get', commands: ['apt-get update', 'apt-get install redis-tools'], needsRoot: true };
const brew = { program: 'brew', commands: ['brew install redis'], needsRoot: false };

test('root installs with the package manager', () => {
  expect(decideInstallation(['redis-server'], apt, true)).toEqual({
    command: 'apt-get update && apt-get install redis-tools',
  });
});

test('others are told the one command', () => {
  expect(decideInstallation(['redis-server', 'timeout'], apt, false)).toEqual({
    refusal:
      "not found on PATH: redis-server, timeout. Run: sudo sh -c 'apt-get update && apt-get install redis-tools'",
  });
});

test('a package manager that wants no root is used by everyone', () => {
  expect(decideInstallation(['redis-server'], brew, false)).toEqual({ command: 'brew install redis' });
});

test('without a known package manager it says what is needed', () => {
  expect(decideInstallation(['redis-server'], undefined, true).refusal).toContain('Install Redis 7 or later');
});
