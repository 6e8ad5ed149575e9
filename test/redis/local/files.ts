import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes files of all sizes up to 64 KiB, some with names that need care, and returns their sorted paths. */
export async function makeFiles(directory: string, count: number): Promise<string[]> {
  const odd = ['with space', "quo'te", 'dou"ble', 'back\\slash', 'new\nline', 'ünïcödé', '-dash', 'empty'];
  const paths = Array.from({ length: count }, (_, index) =>
    join(directory, String(index % 10), odd[index] ?? `${index}`),
  );
  for (const [index, path] of paths.entries()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, randomBytes(path.endsWith('empty') ? 0 : (index * 131) % 65_536));
  }
  return paths.sort();
}
