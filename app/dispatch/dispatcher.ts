import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Cancelled, JobInput, JobView, Queues } from '../queue/types.js';
import { checkInteger } from '../queue/validate.js';
import { backoffDelayMs } from '../resilience/backoff.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { isMoorlineError, MoorlineError } from '../resilience/errors.js';
import { safely } from '../resilience/safely.js';
import { endingOf, readAnswer, type Ending } from './answer.js';
import { createDispatchMetrics, type DispatchMetrics } from './dispatch-metrics.js';
import { abandoned, deadlineExceeded, errorOfEnding, stopping } from './errors.js';
import { Lookout } from './lookout.js';
import { Pending, PendingTask } from './pending.js';
import { ReplyChannel } from './reply-channel.js';
import { countReplyKeys, ReplyKeys, sweepReplyKeys } from './reply-keys.js';
import { ReplyStream } from './reply-stream.js';
import type { Replies, ReplyConnections, ReplySink } from './replies.js';
import { jobOfTask, newTask, queueOfTask } from './task.js';
import type { AskOptions, ReplyWay, StartedTask, TaskAnswer, TaskOptions } from './types.js';

export interface DispatcherOptions {
  /** @default nowhere */
  readonly metrics?: Registry;
}

/** Redis may be away for long: as often as the time of the task allows. */
const maxRetries = 1_000;
/** Who waits is not kept waiting for the sake of a task that is over. */
const lastLookMs = 300;
const pollBackoff = { firstMs: 25, maxMs: 500 };

/**
 * Asks tasks and waits for their answers. A task is a job with a deadline: whoever serves its queue does it, and its settlement is the
 * answer. The connections and queues stay the caller's: close the dispatcher first.
 */
export class Dispatcher {
  private readonly pending = new Pending();
  private readonly ways: Readonly<Record<ReplyWay, Replies>>;
  private readonly lookout: Lookout;
  private readonly metrics: DispatchMetrics;
  private isClosing = false;

  constructor(
    private readonly queues: Queues,
    private readonly connections: ReplyConnections,
    { metrics = new Registry() }: DispatcherOptions = {},
  ) {
    const name = randomBytes(6).toString('hex');
    const sink: ReplySink = {
      take: (id, answer) => {
        this.take(id, answer);
      },
      missed: () => {
        this.lookout.lookAtAll();
      },
      isWaiting: () => this.pending.size > 0,
    };
    this.ways = {
      stream: new ReplyStream(connections, sink, name),
      pubsub: new ReplyChannel(connections, sink, name),
      key: new ReplyKeys(connections, sink, name),
    };
    this.lookout = new Lookout({
      pending: this.pending,
      look: (task) => this.look(task),
      sweep: () => sweepReplyKeys(connections),
    });
    this.metrics = createDispatchMetrics(metrics, {
      waiting: () => this.pending.size,
      replyKeys: () => countReplyKeys(connections),
    });
  }

  /**
   * Asks, and waits for the answer. Rejects with `task_failed`, `task_cancelled`, or `deadline_exceeded`: then the task is cancelled
   * wherever it is, and nobody begins it any more.
   */
  async ask(queue: string, data: unknown, options: AskOptions = {}): Promise<TaskAnswer> {
    const spec = newTask(queue, options);
    const way = this.wayOf(options.reply);
    const task = new PendingTask(queue, spec.id, Deadline.after(spec.timeoutMs));
    this.pending.add(task);
    const stopListening = this.failWhenAborted(task, options.signal);
    try {
      const replyTo = way.address;
      this.store(task, way, () => jobOfTask(spec, data, { remainingMs: task.deadline.remainingMs, replyTo }));
      const ending = beforeDeadline(task.ending, task.deadline, () => deadlineExceeded(task.id));
      return this.answerOf(task, await ending.catch((error: unknown) => this.giveUp(task, error, options)));
    } finally {
      task.isOpen = false;
      stopListening();
      this.pending.remove(task);
    }
  }

  /** Asks without waiting: what comes of it is known by the id. */
  async start(queue: string, data: unknown, options: TaskOptions = {}): Promise<StartedTask> {
    const spec = newTask(queue, options);
    const job = jobOfTask(spec, data, { remainingMs: spec.timeoutMs });
    await this.queues.enqueue(queue, [job]);
    return { id: spec.id, ...(spec.stream === undefined ? {} : { stream: spec.stream }) };
  }

  /**
   * Where a task is, whoever asked it; waits up to `waitMs` until it is over. Undefined when nobody knows it (any more).
   */
  async get(
    id: string,
    { waitMs = 0, signal }: { readonly waitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<JobView | undefined> {
    checkInteger('waitMs', waitMs, 0, 60_000);
    const queue = queueOfTask(id);
    if (queue === undefined) return undefined;
    const deadline = Deadline.after(waitMs);
    for (let attempt = 0; ; attempt += 1) {
      const view = await this.queues.job(queue, id);
      if (endingOf(view) !== undefined || deadline.isPast || signal?.aborted === true) return view;
      await sleep(Math.min(backoffDelayMs(attempt, pollBackoff), deadline.remainingMs));
    }
  }

  /** Who waits for it hears at once, in whatever process. Rejects with `not_found`, or with `job_over`. */
  async cancel(id: string): Promise<Cancelled> {
    const queue = queueOfTask(id);
    if (queue === undefined)
      throw new MoorlineError('not_found', `There is no task ${id}: its id would begin with a queue`);
    return this.queues.cancel(queue, id);
  }

  /** Lets those who wait go on for `graceMs`; the others are told to ask again elsewhere, and their tasks go on. */
  async close(graceMs = 0): Promise<void> {
    this.isClosing = true;
    const patience = sleep(graceMs, undefined, { ref: false });
    if (graceMs > 0) await Promise.race([this.pending.idle(), patience]);
    for (const task of this.pending.all) task.fail(stopping(task.id));
    await this.pending.idle();
    this.lookout.stop();
    await Promise.all(Object.values(this.ways).map((way) => way.close()));
  }

  private wayOf(wanted: ReplyWay | undefined): Replies {
    const { isCluster } = this.connections;
    if (!isCluster || wanted === undefined || wanted === 'pubsub') {
      return this.ways[wanted ?? (isCluster ? 'pubsub' : 'stream')];
    }
    throw new MoorlineError(
      'invalid_request',
      `Expected reply to be pubsub, since this is a Redis Cluster, got ${wanted}`,
    );
  }

  /** What goes wrong here ends the wait; what Redis cannot do now is tried again while there is time. */
  private store(task: PendingTask, way: Replies, job: () => JobInput): void {
    if (this.isClosing) {
      task.fail(stopping(task.id));
      return;
    }
    way.await(task);
    this.lookout.start();
    const enqueue = async () => {
      const opening = way.open();
      if (opening !== undefined) await opening;
      return this.queues.enqueue(task.queue, [job()]);
    };
    // Nearly always the first try does, which the deadline of the task bounds as well.
    const again = (error: unknown) => {
      if (!isMoorlineError(error) || !error.retryable) throw error;
      return safely(enqueue, { timeoutMs: task.deadline.remainingMs, retries: maxRetries, name: 'the queue' });
    };
    const stored = enqueue().catch(again);
    task.storing = stored.then(
      ({ jobs: [first] }) => {
        task.isStored = true;
        // Asked before, here or elsewhere: then the answer goes there, or has come.
        if (first?.status === 'duplicate') void this.poll(task);
      },
      (error: unknown) => {
        task.fail(error as Error);
      },
    );
  }

  private failWhenAborted(task: PendingTask, signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    const abort = (): void => {
      task.fail(abandoned(task.id));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    return () => {
      signal.removeEventListener('abort', abort);
    };
  }

  private take(id: string, answer: Buffer): void {
    for (const task of this.pending.of(id)) {
      const ending = readAnswer(answer);
      if (ending === 'fetch') void this.look(task);
      else task.settle(ending);
    }
  }

  /** Asks the queue, which knows how the task ended whatever became of the answer. */
  private async look(task: PendingTask): Promise<void> {
    task.lookedAtMs = performance.now();
    const ending = await this.endingNow(task).catch(() => undefined);
    if (ending === undefined || !task.isOpen || (ending.how === 'unknown' && !task.isStored)) return;
    this.metrics.late.inc();
    task.settle(ending);
  }

  private async endingNow({ queue, id }: PendingTask): Promise<Ending | undefined> {
    return endingOf(await this.queues.job(queue, id));
  }

  private async poll(task: PendingTask): Promise<void> {
    for (let attempt = 0; task.isOpen; attempt += 1) {
      await this.look(task);
      await sleep(backoffDelayMs(attempt, pollBackoff));
    }
  }

  /** Answers how the task ended after all, or rejects; what nobody waits for any more is cancelled. */
  private async giveUp(task: PendingTask, error: unknown, { id, signal }: AskOptions): Promise<Ending> {
    const isLate = task.deadline.isPast;
    const mayComeBack = this.isClosing || (id !== undefined && signal?.aborted === true);
    if (this.pending.of(task.id).length === 1 && (isLate || !mayComeBack)) {
      const ending = isLate ? await this.cancelOrFind(task) : undefined;
      if (ending !== undefined) return ending;
      if (!isLate || !task.isStored) this.cancelOnceStored(task);
    }
    const told = isLate ? deadlineExceeded(task.id) : error;
    this.metrics.ended(outcomeOf(told), performance.now() - task.sinceMs);
    throw told;
  }

  /** It may be on its way to the queue: a cancellation must not overtake it. */
  private cancelOnceStored(task: PendingTask): void {
    const cancel = async (): Promise<void> => {
      await task.storing;
      await this.queues.cancel(task.queue, task.id, { tells: false });
    };
    // Of one that was never stored, there is nothing to cancel.
    cancel().catch(() => undefined);
  }

  /** What has ended meanwhile counts. Goes on in the background when Redis is slow: the caller is not kept. */
  private async cancelOrFind(task: PendingTask): Promise<Ending | undefined> {
    const work = this.queues.cancel(task.queue, task.id, { tells: false }).then(
      () => undefined,
      (error: unknown) => (isMoorlineError(error) && error.code === 'job_over' ? this.endingNow(task) : undefined),
    );
    const found = await beforeDeadline(work, Deadline.after(lastLookMs), () => new Error('too late')).catch(
      () => undefined,
    );
    return found?.how === 'done' || found?.how === 'failed' ? found : undefined;
  }

  private answerOf(task: PendingTask, ending: Ending): TaskAnswer {
    const outcome = ending.how === 'done' || ending.how === 'failed' ? ending.how : 'cancelled';
    this.metrics.ended(ending.how === 'expired' ? 'deadline' : outcome, performance.now() - task.sinceMs);
    const { id } = task;
    if (ending.how !== 'done') throw errorOfEnding(id, ending);
    return { id, ...(ending.resultJson === undefined ? {} : { resultJson: ending.resultJson }) };
  }
}

function outcomeOf(error: unknown): 'deadline' | 'cancelled' | 'refused' {
  const code = isMoorlineError(error) ? error.code : undefined;
  if (code === 'deadline_exceeded') return 'deadline';
  return code === 'task_cancelled' ? 'cancelled' : 'refused';
}
