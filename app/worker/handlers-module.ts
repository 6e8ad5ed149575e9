import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { outcomeOfError, outcomeOfResult } from '../queue/outcome.js';
import { WorkerSetupError } from './setup-error.js';
import type { Executor, Handler } from './types.js';

/** Loads `export default { [queue]: async (job, context) => result }`. */
export async function loadHandlers(file: string): Promise<Map<string, Handler>> {
  const module = await importModule(file);
  const handlers: unknown = module.default;
  if (typeof handlers !== 'object' || handlers === null || Object.keys(handlers).length === 0) {
    throw new WorkerSetupError(
      `${file}: expected \`export default { [queue]: async (job, context) => result }\`, got ${handlers === undefined ? 'no default export' : typeof handlers}`,
    );
  }
  return new Map(Object.entries(handlers).map(([queue, handler]) => [queue, checked(file, queue, handler)]));
}

/** Runs a handler of this process. */
export function inProcess(handler: Handler): Executor {
  return async ({ dataJson, id, attempt, maxAttempts, priority, enqueuedAt, stream }, queue, context) => {
    try {
      const data: unknown = JSON.parse(dataJson);
      const job = { id, queue, data, attempt, maxAttempts, priority, enqueuedAt, stream };
      return outcomeOfResult(await handler(job, context));
    } catch (error) {
      return outcomeOfError(error);
    }
  };
}

async function importModule(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
  } catch (error) {
    const [why] = String(error).split('\n', 1);
    throw new WorkerSetupError(`${file}: expected an ES module with handlers, but it does not load: ${why ?? ''}`);
  }
}

function checked(file: string, queue: string, handler: unknown): Handler {
  if (typeof handler === 'function') return handler as Handler;
  throw new WorkerSetupError(`${file}: expected a function for the queue ${queue}, got ${typeof handler}`);
}
