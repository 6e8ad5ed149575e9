import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Every regular file under a directory; links are not followed. */
export async function regularFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  const directories = [directory];
  for (let parent = directories.pop(); parent !== undefined; parent = directories.pop()) {
    for (const entry of await readdir(parent, { withFileTypes: true })) {
      const path = join(parent, entry.name);
      if (entry.isDirectory()) directories.push(path);
      if (entry.isFile()) files.push(path);
    }
  }
  return files.sort();
}

/** What `sha256sum` says of the same files, in their order. */
export async function sha256sums(files: readonly string[]): Promise<string[]> {
  const sum = spawn('xargs', ['-0', 'sha256sum', '--'], { stdio: ['pipe', 'pipe', 'inherit'] });
  sum.stdin.end(files.map((file) => `${file}\0`).join(''));
  const [output, [exitCode]] = await Promise.all([text(sum.stdout), once(sum, 'exit') as Promise<[number | null]>]);
  // One line a file; it begins with a backslash where the name had to be escaped.
  const hashes = output.split('\n').flatMap((line) => /^\\?([0-9a-f]{64}) /.exec(line)?.[1] ?? []);
  if (exitCode === 0 && hashes.length === files.length) return hashes;
  throw new Error(`sha256sum: expected ${files.length} sums, got ${hashes.length} (exit code ${exitCode ?? 'none'})`);
}
