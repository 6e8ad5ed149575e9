import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Result } from '../runner.js';
import { command } from '../support/tools.js';
import { type Conditions, pageOf } from './page.js';

const page = fileURLToPath(new URL('../../../../docs/reliability.md', import.meta.url));

/** Writes the page in the format of the repository, and says where. Scenarios that were not run keep what it says of them. */
export async function savePage(results: readonly Result[]): Promise<string> {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const text = await format(pageOf(results, await currentConditions(), before), {
    ...(await resolveConfig(page)),
    parser: 'markdown',
  });
  writeFileSync(page, text);
  return page;
}

async function currentConditions(): Promise<Conditions> {
  const version = JSON.parse(await command('kubectl', ['version', '-o', 'json'])) as {
    serverVersion: { gitVersion: string };
  };
  return { date: new Date().toISOString().slice(0, 10), kubernetes: version.serverVersion.gitVersion };
}
