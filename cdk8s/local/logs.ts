import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { CommandError } from './errors.js';
import { type Home, logFileOf } from './home.js';

/** `make logs`: the end of every log, or of the named ones; follows them when asked to. */
export async function logs(home: Home, names: readonly string[], follow: boolean): Promise<void> {
  const known = existsSync(home.log)
    ? readdirSync(home.log).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -'.log'.length)] : []))
    : [];
  const unknown = names.find((name) => !known.includes(name));
  if (known.length === 0) throw new CommandError(`there are no logs in ${home.root}; start it with: make up`);
  if (unknown !== undefined) throw new CommandError(`expected one of ${known.join(', ')}, got ${unknown}`, 2);
  const files = (names.length === 0 ? known : names).map((name) => logFileOf(home, name));
  const tail = spawn('tail', ['-n', '20', ...(follow ? ['-F'] : []), ...files], { stdio: 'inherit' });
  await once(tail, 'exit');
}
