import { createHash } from 'node:crypto';

/**
 * A library of Redis functions. Its name carries a hash of its code, so that processes of two versions
 * call the functions each was written for on the same server.
 */
export interface FunctionLibrary {
  /** For example `moorline_queue_1a2b3c4d`. */
  readonly name: string;
  /** What `FUNCTION LOAD` gets. */
  readonly code: string;
  /** What the nodes of a Redis Cluster get instead, where that is something else. */
  readonly inCluster?: FunctionLibrary;
}

/**
 * Makes a library of Lua code that registers its functions by `register(name, callback, flags)`, where `flags` is
 * an optional table such as `{'no-writes'}` or `{'allow-oom'}`. Function names are global on a server, so `register`
 * puts the library's name before each; `functionName` says the same to callers.
 */
export function defineLibrary(purpose: string, lua: string): FunctionLibrary {
  const version = createHash('sha256').update(registerPrelude).update(lua).digest('hex').slice(0, 8);
  const name = `moorline_${purpose}_${version}`;
  return { name, code: `#!lua name=${name}\nlocal LIBRARY = '${name}'; ${registerPrelude}\n${lua}` };
}

/** The name by which the server knows a function of the library. */
export function functionName(library: FunctionLibrary, shortName: string): string {
  return `${library.name}_${shortName}`;
}

// One line, so that a line number in an error of Redis is the number in the library's source plus two.
const registerPrelude =
  'local function register(name, callback, flags) ' +
  "redis.register_function{ function_name = LIBRARY .. '_' .. name, callback = callback, flags = flags or {} } end";
