import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Version } from './release.js';
import { command } from './tools.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const { E2E_PREVIOUS: commit, E2E_PREVIOUS_IMAGE: image } = process.env;

export const whyNoPreviousVersion = (): string | undefined =>
  commit === undefined || image === undefined
    ? 'needs E2E_PREVIOUS, a commit or tag, and E2E_PREVIOUS_IMAGE, the image that was built of it'
    : undefined;

/** An earlier version, with its chart in a directory that is there as long as `use` runs. */
export async function withPreviousVersion(use: (previous: Version) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'moorline-previous-'));
  try {
    const archive = join(directory, 'chart.tar');
    await command('git', ['-C', repository, 'archive', '-o', archive, commit ?? '', 'charts/moorline']);
    await command('tar', ['-C', directory, '-xf', archive]);
    await use({ chart: join(directory, 'charts/moorline'), image: image ?? '' });
  } finally {
    await rm(directory, { recursive: true });
  }
}
