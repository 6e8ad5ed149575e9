import type { Command, Connection } from './connection.js';
import { functionName, type FunctionLibrary } from './library.js';
import { kindOfRedisError } from './redis-errors.js';
import type { FunctionCall } from './types.js';

const namesBytes = 500;

/** A reply, or the error with which Redis refused. */
export type Reply = unknown;

export function functionCommand({ library, name, keys, args }: FunctionCall): Command {
  return ['FCALL', functionName(library, name), keys.length, ...keys, ...args];
}

/** Near enough for a bound on memory: keys and names are short. */
export function sizeOfCall({ args }: FunctionCall): number {
  let bytes = namesBytes;
  for (const arg of args) bytes += typeof arg === 'number' ? 8 : arg.length;
  return bytes;
}

/** Calls one function; loads its library where the server lacks it and calls once more. */
export async function callFunction(connection: Connection, call: FunctionCall): Promise<unknown> {
  const command = functionCommand(call);
  try {
    return await connection.send(command);
  } catch (error) {
    if (kindOfRedisError(error) !== 'function-missing') throw error;
    await loadLibrary(connection, call.library);
    return connection.send(command);
  }
}

const loads = new WeakMap<Connection, Map<string, Promise<void>>>();

/** Calls that miss the library at the same time share one load. */
export function loadLibrary(connection: Connection, library: FunctionLibrary): Promise<void> {
  const underWay = loads.get(connection) ?? new Map<string, Promise<void>>();
  loads.set(connection, underWay);
  const load =
    underWay.get(library.name) ??
    sendLoad(connection, library).finally(() => {
      underWay.delete(library.name);
    });
  underWay.set(library.name, load);
  return load;
}

async function sendLoad(connection: Connection, { code }: FunctionLibrary): Promise<void> {
  try {
    await connection.send(['FUNCTION', 'LOAD', code]);
  } catch (error) {
    // Another process was first. The name carries a hash of the code, so it is the same library.
    if (!(error as Error).message.includes('already exists')) throw error;
  }
}
