import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Engine } from '../equality/synthetic-helpers.js';
import type { Mutant } from './mutants.js';

const compiled = fileURLToPath(new URL('../../../cdk8s/template', import.meta.url));
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** Gives a copy of the compiled engine with one fault (or none) in it. @throws Error when the fault does not apply. */
export async function withMutatedEngine<T>(
  mutant: Mutant | undefined,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'moorline-mutant-'));
  try {
    await cp(compiled, join(directory, 'template'), { recursive: true });
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await symlink(modules, join(directory, 'node_modules'));
    if (mutant !== undefined) await apply(mutant, join(directory, 'template', mutant.file));
    return await use((await import(pathToFileURL(join(directory, 'template', 'index.js')).href)) as Engine);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function apply({ fault, from, to }: Mutant, file: string): Promise<void> {
  const code = await readFile(file, 'utf8');
  const places = code.split(from).length - 1;
  if (places !== 1) throw new Error(`the mutant "${fault}" expects its text once in ${file}, found it ${places} times`);
  await writeFile(
    file,
    code.replace(from, () => to),
  );
}
