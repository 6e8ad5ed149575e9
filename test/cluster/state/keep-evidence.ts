import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestRelease } from '../support/release.js';

const lastLines = '20000';

/** Writes down what tells why something is wrong: pods, events, all logs. Answers the directory. */
export async function keepEvidence(release: TestRelease): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moorline-e2e-'));
  const keep = async (file: string, ...args: string[]): Promise<void> => {
    // What cannot be had must not hide what can.
    const text = await release.kubectl(...args).catch((error: unknown) => (error as Error).message);
    await writeFile(join(directory, file), text);
  };
  await keep('pods.yaml', 'get', 'pods', '-o', 'yaml');
  await keep('events.txt', 'get', 'events', '--sort-by=.metadata.creationTimestamp', '-o', 'wide');
  const pods = await release.kubectl('get', 'pods', '-o', 'name');
  for (const pod of pods.split('\n').filter((line) => line !== '')) {
    const name = pod.replace('pod/', '');
    await keep(`${name}.log`, 'logs', pod, '--all-containers', '--timestamps', `--tail=${lastLines}`);
    await keep(`${name}.previous.log`, 'logs', pod, '--all-containers', '--timestamps', '--previous');
  }
  return directory;
}
