import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type DispatchMetrics = ReturnType<typeof createDispatchMetrics>;

export interface DispatchGauges {
  readonly waiting: () => number;
  /** Rejects while Redis is away. */
  readonly replyKeys: () => Promise<number>;
}

/** Of the tasks that were asked in this process. */
export function createDispatchMetrics(registry: Registry, { waiting, replyKeys }: DispatchGauges) {
  const registers = [registry];
  new Gauge({
    name: 'moorline_tasks_waiting',
    help: 'Tasks whose callers wait in this process',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  new Gauge({
    name: 'moorline_reply_keys',
    help: 'Keys that hold answers of tasks, of all processes together: take the maximum over them, not the sum',
    registers,
    async collect() {
      this.reset();
      const keys = await replyKeys().catch(() => undefined);
      if (keys !== undefined) this.set(keys);
    },
  });
  const answered = new Counter({
    name: 'moorline_tasks_total',
    help: 'Tasks that were waited for: done, failed, cancelled, deadline (nobody answered in time), refused',
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'moorline_task_seconds',
    help: 'From the question to the answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  return {
    late: new Counter({
      name: 'moorline_task_answers_found_total',
      help: 'Answers that were found by the id of the task, since they did not come by themselves',
      registers,
    }),
    ended: (outcome: 'done' | 'failed' | 'cancelled' | 'deadline' | 'refused', ms: number): void => {
      answered.inc({ outcome });
      seconds.observe(ms / 1_000);
    },
  };
}
