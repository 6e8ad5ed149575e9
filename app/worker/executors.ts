import type { WorkerConfig } from '../config/index.js';
import { queueNamePattern } from '../queue/limits.js';
import { checkQueue } from './check.js';
import { inProcess, loadHandlers } from './handlers-module.js';
import { pushTo } from './push.js';
import { WorkerSetupError } from './setup-error.js';
import type { Executor } from './types.js';

/** Who does the jobs of each queue: a handler of the module, or an endpoint. */
export async function executorsOf({
  handlersFile,
  pushUrls,
}: Pick<WorkerConfig, 'handlersFile' | 'pushUrls'>): Promise<ReadonlyMap<string, Executor>> {
  const executors = new Map<string, Executor>();
  const handlers = handlersFile === undefined ? [] : await loadHandlers(handlersFile);
  for (const [queue, handler] of handlers) executors.set(queue, inProcess(handler));
  for (const [queue, url] of Object.entries(pushUrls)) {
    if (executors.has(queue)) {
      throw new WorkerSetupError(`Queue ${queue} has a handler and a push URL: expected one of the two`);
    }
    executors.set(queue, pushTo(checkedUrl(queue, url)));
  }
  for (const queue of executors.keys()) checkName(queue);
  return executors;
}

function checkName(queue: string): void {
  if (queue === checkQueue) throw new WorkerSetupError(`The queue ${checkQueue} is served by every worker itself`);
  if (!queueNamePattern.test(queue)) {
    throw new WorkerSetupError(`${JSON.stringify(queue)} is no name of a queue: expected ${queueNamePattern.source}`);
  }
}

function checkedUrl(queue: string, url: string): string {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  throw new WorkerSetupError(`MOORLINE_WORKER_PUSH: the URL of queue ${queue} holds a user or password: expected none`);
}
