import { Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Contender, JobData } from './contender.js';

/**
 * As its documentation recommends: one connection shared by all queues, finished jobs removed, three attempts as ours have.
 * Errors that its handlers throw are its own kind for "never again".
 */
export function openBullmq(port: number): Contender {
  const connection = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  const queues = new Map<string, Queue>();
  const workers: Worker[] = [];
  const queueOf = (name: string): Queue => {
    const queue =
      queues.get(name) ?? new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true, attempts: 3 } });
    queues.set(name, queue);
    return queue;
  };
  return {
    add: (queue, data) => queueOf(queue).add('job', data),
    addMany: (queue, many) => queueOf(queue).addBulk(many.map((data) => ({ name: 'job', data }))),
    work: async (names, concurrency, handle) => {
      for (const name of names) {
        const process = ({ data }: { data: JobData }): Promise<void> => {
          try {
            handle(data);
            return Promise.resolve();
          } catch (error) {
            return Promise.reject(new UnrecoverableError((error as Error).message));
          }
        };
        workers.push(new Worker(name, process, { connection, concurrency }));
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    counts: async (queue) => {
      const counts = await queueOf(queue).getJobCounts('waiting', 'active', 'delayed', 'failed');
      const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
      return { open: waiting + active + delayed, dead: failed };
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}
