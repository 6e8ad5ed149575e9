import { readFileSync } from 'node:fs';
import { defineLibrary, type FunctionLibrary } from '../../redis/library.js';
import type { FunctionCall } from '../../redis/types.js';

// Lua is not compiled: build/app/queue/schedules reads it where it lies in the package.
const file = new URL('../../../../app/queue/functions/schedules.lua', import.meta.url);

const library: FunctionLibrary = defineLibrary('schedules', readFileSync(file, 'utf8'));

/** In the order in which functions/schedules.lua takes them. No queue has a colon in its name: its tag is another. */
const keys = ['definitions', 'states', 'due', 'names', 'lease', 'fence'].map((name) => `ml:{:schedules}:${name}`);

export function scheduleCall(
  name: 'turn' | 'advance' | 'put' | 'remove' | 'read' | 'list',
  args: FunctionCall['args'],
): FunctionCall {
  return { library, name, keys, args };
}
