import { Redis } from 'ioredis';
import { loopback } from '../../cdk8s/local/plan/addresses.js';
import type { LocalProcess } from '../../cdk8s/local/plan/plan.js';
import { whyNotReady } from '../../cdk8s/local/readiness.js';
import { askRole, askSentinel } from '../../cdk8s/local/redis-view.js';
import type { Stack } from './stack.js';

/** The Redis that a majority of the Sentinels names; undefined while there is no majority. */
export async function namedPrimary(stack: Stack): Promise<LocalProcess | undefined> {
  const sentinels = stack.processes('sentinel');
  const views = await Promise.all(sentinels.map(({ port }) => askSentinel(port, stack.sentinelPassword)));
  return stack
    .processes('redis')
    .find(({ port }) => 2 * views.filter((view) => view?.primaryPort === port).length > sentinels.length);
}

/** The primary, once everything is as it is without a fault. */
export async function settledPrimary(stack: Stack): Promise<LocalProcess | undefined> {
  const primary = await namedPrimary(stack);
  if (primary === undefined) return undefined;
  const [roles, views, reasons] = await Promise.all([
    Promise.all(stack.processes('redis').map(({ port }) => askRole(port, stack.redisPassword))),
    Promise.all(stack.processes('sentinel').map(({ port }) => askSentinel(port, stack.sentinelPassword))),
    Promise.all([...stack.processes('gateway'), ...stack.processes('worker')].map(whyNotReady)),
  ]);
  const replicas = roles.length - 1;
  const rolesFit = stack
    .processes('redis')
    .every(({ name }, at) => roles[at] === (name === primary.name ? 'primary' : 'replica'));
  const sentinelsAgree = views.every(
    (view) =>
      view?.calm === true &&
      view.primaryPort === primary.port &&
      view.replicas === replicas &&
      view.otherSentinels === views.length - 1,
  );
  return rolesFit && sentinelsAgree && reasons.every((reason) => reason === undefined) ? primary : undefined;
}

/** The names of all nodes that take a write. */
export async function writableNodes(stack: Stack): Promise<readonly string[]> {
  const nodes = stack.processes('redis');
  const answers = await Promise.all(
    nodes.map(({ port }) =>
      askRedis(port, stack.redisPassword, ['SET', 'moorline-lab', '1', 'PX', '1000']).catch(() => 'refused'),
    ),
  );
  return nodes.filter((_, at) => answers[at] === 'OK').map(({ name }) => name);
}

const askMs = 2000;

/** One command to one Redis of this machine. */
export async function askRedis(port: number, password: string, command: readonly string[]): Promise<unknown> {
  const redis = new Redis({
    host: loopback,
    port,
    password,
    lazyConnect: true,
    connectTimeout: askMs,
    commandTimeout: askMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected call tells what happened.
  redis.on('error', () => undefined);
  const [name = '', ...args] = command;
  try {
    await redis.connect();
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}
