import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { currentConditions } from './machine/conditions.js';
import type { Outcome } from './results/outcome.js';
import { pageOf } from './results/page.js';

const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Writes the page in the format of the repository, and says where. */
export async function savePage(outcomes: readonly Outcome[]): Promise<string> {
  const text = await format(pageOf(outcomes, currentConditions()), {
    ...(await resolveConfig(page)),
    parser: 'markdown',
  });
  writeFileSync(page, text);
  return page;
}
