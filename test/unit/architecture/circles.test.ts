import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

test.each(['app', 'cdk8s'])('no file of %s imports itself by way of others', (folder) => {
  const files = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  const imports = new Map(files.filter((file) => file.endsWith('.ts')).map((file) => [file, importsOf(folder, file)]));
  expect(imports.size).toBeGreaterThan(10);
  expect(circles(imports)).toEqual([]);
});

function importsOf(folder: string, file: string): string[] {
  const text = readFileSync(join(repository, folder, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)\.js'/g)].map(([, path]) =>
    join(dirname(file), `${path ?? ''}.ts`),
  );
}

/** Every way that leads back to a file on it, as a line for people. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) found.push([...way.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
