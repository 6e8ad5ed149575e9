import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const directory = 'cdk8s/scripts';

test('the scripts are clean for shellcheck', async () => {
  const scripts = (await readdir(directory))
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(directory, name));
  expect(scripts).not.toHaveLength(0);
  expect(await findings(['-x', '-s', 'sh', ...scripts])).toBe('');
});

async function findings(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)('shellcheck', args)).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (code === 'ENOENT')
      throw new Error(
        'Expected shellcheck on PATH: install it, e.g. `apt-get install shellcheck` or `brew install shellcheck`',
        { cause: error },
      );
    return stdout ?? String(error);
  }
}
