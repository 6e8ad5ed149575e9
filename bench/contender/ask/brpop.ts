import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Asker } from './asker.js';

export const tasksKey = 'tasks';
export const answerKey = (id: string): string => `response:${id}`;

const maxWaitSeconds = 60;

/** What many build by themselves: a list of questions, and for each answer a list of its own on which a connection waits. */
export async function openBrpop(port: number, callers: number): Promise<Asker> {
  const connect = (): Redis => new Redis(port, '127.0.0.1', { lazyConnect: true });
  const sender = connect();
  const waiters = Array.from({ length: callers }, connect);
  await Promise.all([sender, ...waiters].map((redis) => redis.connect()));
  const free = [...waiters];
  return {
    ask: async (data) => {
      const waiter = free.pop();
      if (waiter === undefined) throw new Error('Expected a connection for each caller');
      const id = randomUUID();
      await sender.lpush(tasksKey, JSON.stringify({ id, data }));
      const answer = await waiter.brpop(answerKey(id), maxWaitSeconds);
      free.push(waiter);
      if (answer === null) throw new Error(`No answer within ${maxWaitSeconds} s`);
      return JSON.parse(answer[1]) as unknown;
    },
    commands: ['lpush', 'brpop', 'blmpop', 'expire'],
    close: () => {
      for (const redis of [sender, ...waiters]) redis.disconnect();
      return Promise.resolve();
    },
  };
}
