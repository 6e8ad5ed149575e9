import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, healsItself } from './fault.js';

export const emptyPrimary: Fault = {
  name: 'empty-primary',
  title: 'the primary killed, and back with an empty volume',
  boundMs: 4000,
  async inject(stack) {
    const primary = await stack.primary();
    await stack.whileNobodyRestarts(async () => {
      await stack.end([primary], 'SIGKILL');
      empty(stack.volume(primary));
    });
    return healsItself;
  },
};

function empty(volume: string): void {
  for (const file of readdirSync(volume)) rmSync(join(volume, file), { recursive: true });
}
