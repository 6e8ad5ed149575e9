import { isMoorlineError, MoorlineError } from '../resilience/errors.js';
import type { RedisConnections } from '../redis/types.js';
import type { Backpressure } from './backpressure.js';
import type { DataFault } from './data-schema.js';
import { isStronger, promiseKept, writerOf, type Deployment } from './durability.js';
import { failureJson, fingerprintOf } from './failure.js';
import { GroupCommit, type Commit } from './group-commit.js';
import { makeJobId } from './job-id.js';
import type { PolicyCache } from './policy-cache.js';
import type { QueueMetrics } from './queue-metrics.js';
import type { QueuePolicy } from './policy.js';
import { prepareJob, type PreparedJob } from './prepare-job.js';
import type { Placed } from './sharding/shard-of.js';
import type { Durability, EnqueueReceipt, EnqueueOutcome, JobInput } from './types.js';

export interface EnqueuerOptions extends Deployment {
  /** Of queues that are not told. */
  readonly durability: Durability['class'];
  readonly metrics: QueueMetrics;
  /** The queue is about to get jobs. */
  readonly onStore: (queue: string) => void;
}

/** Takes jobs in, as the settings of their queue say. */
export class Enqueuer {
  /** Apart, so that who waits for a disk holds up nobody who does not. */
  private readonly commits: Readonly<Record<Durability['class'], GroupCommit>>;

  constructor(
    connections: Pick<RedisConnections, 'call' | 'callDurably'>,
    private readonly policies: PolicyCache,
    private readonly backpressure: Pick<Backpressure, 'admit'>,
    private readonly options: EnqueuerOptions,
  ) {
    const commit = (durability: Durability['class']) =>
      new GroupCommit(
        writerOf(durability, connections, options),
        { atOnce: durability === 'memory' ? 2 : 1 },
        options.metrics,
      );
    this.commits = { memory: commit('memory'), replicated: commit('replicated'), fsync: commit('fsync') };
  }

  async enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt> {
    const known = this.policies.of(queue);
    const isPlain = !(known instanceof Promise) && known.settings.maxReadyAgeMs === undefined;
    const policy = isPlain ? known : await this.admit(queue, jobs);
    const prepared = jobs.map((job, index) => prepareJob(job, `jobs[${index}]`, policy.settings));
    if (prepared.length === 0) return { jobs: [], durability: promiseKept(this.classOf(policy), this.options) };
    try {
      const { outcomes, durability } = await this.commit(queue, prepared, policy);
      const receipts = outcomes.map((outcome, index) => ({ id: prepared[index]?.id ?? '', ...outcome }));
      return { jobs: receipts, durability: promiseKept(durability, this.options) };
    } catch (error) {
      const known = withJobs(error, prepared);
      if (known.code === 'unconfirmed') this.options.metrics.unconfirmed(this.classOf(policy));
      throw known;
    }
  }

  /** The same for a queue whose jobs go to several: all are checked by the settings of `queue` before any is stored. */
  async enqueueOver(
    queue: string,
    jobs: readonly JobInput[],
    queueFor: (job: Placed) => string,
  ): Promise<EnqueueReceipt> {
    const policy = await this.admit(queue, jobs);
    const prepared = jobs.map((job, index) => prepareJob(job, `jobs[${index}]`, policy.settings));
    const places = new Map<string, number[]>();
    for (const [place, { id }] of prepared.entries()) {
      const name = queueFor({ id, key: jobs[place]?.key, dedupe: jobs[place]?.dedupe });
      const part = places.get(name);
      if (part === undefined) places.set(name, [place]);
      else part.push(place);
    }
    const receipts: (EnqueueReceipt['jobs'][number] | undefined)[] = [];
    const commitPart = async ([name, part]: [string, readonly number[]]): Promise<void> => {
      const some = part.flatMap((place) => prepared[place] ?? []);
      const { outcomes } = await this.commit(name, some, await this.admit(name, some));
      for (const [index, outcome] of outcomes.entries()) {
        receipts[part[index] ?? 0] = { id: some[index]?.id ?? '', ...outcome };
      }
    };
    const results = await Promise.allSettled([...places].map(commitPart));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw withJobs(failed.reason, prepared);
    const stored = receipts.flatMap((receipt) => receipt ?? []);
    return { jobs: stored, durability: promiseKept(this.classOf(policy), this.options) };
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.all(Object.values(this.commits).map((commit) => commit.idle()));
  }

  /** Nothing is stored yet when this fails: any ids will do. */
  private async admit(queue: string, jobs: readonly { readonly id?: string }[]): Promise<QueuePolicy> {
    try {
      const policy = await this.policies.of(queue);
      const { maxReadyAgeMs } = policy.settings;
      if (maxReadyAgeMs !== undefined) await this.backpressure.admit(queue, maxReadyAgeMs);
      return policy;
    } catch (error) {
      throw withJobs(
        error,
        jobs.map(({ id = makeJobId() }) => ({ id })),
      );
    }
  }

  private async commit(
    queue: string,
    jobs: readonly PreparedJob[],
    policy: QueuePolicy,
  ): Promise<{ outcomes: readonly EnqueueOutcome[]; durability: Durability['class'] }> {
    this.options.onStore(queue);
    const durability = this.classOf(policy);
    const parts = partsOf(jobs, policy);
    const add = (part: Part) => this.commits[durability].add(part.call, queue, part.jobs);
    const [only] = parts;
    const commits = only === undefined || parts.length > 1 ? await Promise.all(parts.map(add)) : [await add(only)];
    const outcomes = outcomesOf(parts, commits);
    const news = this.policies.learn(queue, commits[0]?.revision ?? policy.revision);
    if (news === undefined) return { outcomes, durability };
    const changed = await news;
    if (!isStronger(this.classOf(changed), durability)) return { outcomes, durability };

    // The promise became stronger meanwhile: the same again, which writes nothing twice, confirms that it is kept.
    const stronger = this.classOf(changed);
    await Promise.all(parts.map((part) => this.commits[stronger].add(part.call, queue, part.jobs)));
    return { outcomes, durability: stronger };
  }

  private classOf({ settings }: QueuePolicy): Durability['class'] {
    return settings.durability ?? this.options.durability;
  }
}

/** Jobs that go by one function; `places` are theirs in the request. */
interface Part {
  readonly call: 'enqueue' | 'enqueue_dead';
  readonly jobs: readonly PreparedJob[];
  readonly places?: readonly number[];
}

/** Jobs whose data does not match the schema are dead letters from the beginning, and disturb no other. */
function partsOf(jobs: readonly PreparedJob[], { checkData }: QueuePolicy): readonly Part[] {
  if (checkData === undefined) return [{ call: 'enqueue', jobs }];
  const fine: PlacedJob[] = [];
  const dead: PlacedJob[] = [];
  for (const [place, job] of jobs.entries()) {
    const faults = checkData(job.dataJson);
    if (faults.length === 0) fine.push({ place, job });
    else if (job.isTask === true) throw invalidTask(job, faults);
    else dead.push({ place, job: { ...job, args: [...job.args, ...errorArgs(faults)] } });
  }
  return [partOf('enqueue', fine), partOf('enqueue_dead', dead)].filter((part) => part.jobs.length > 0);
}

interface PlacedJob {
  readonly place: number;
  readonly job: PreparedJob;
}

function partOf(call: Part['call'], placed: readonly PlacedJob[]): Part {
  return { call, jobs: placed.map(({ job }) => job), places: placed.map(({ place }) => place) };
}

/** The error of a dead letter and its fingerprint, in which values have no part. */
function errorArgs(faults: ReturnType<NonNullable<QueuePolicy['checkData']>>): [string, string] {
  const message = faults.map(({ rule, got }) => `${rule}, got ${got}`).join('; ');
  const kind = faults.map(({ rule }) => rule).join('; ');
  return [failureJson({ message, code: 'invalid' }), fingerprintOf({ message: kind, code: 'invalid' })];
}

/** Whoever waits for a task hears at once that it cannot be. */
function invalidTask({ id }: PreparedJob, faults: readonly DataFault[]): MoorlineError {
  const found = faults.map(({ rule, got }) => `${rule}, got ${got}`).join('; ');
  return new MoorlineError('invalid_request', `Expected task ${id} to match the schema of its queue: ${found}`);
}

/** In the order of the request. */
function outcomesOf(parts: readonly Part[], commits: readonly Commit[]): readonly EnqueueOutcome[] {
  const [first] = commits;
  if (first !== undefined && parts[0]?.places === undefined) return first.outcomes;
  const outcomes: EnqueueOutcome[] = [];
  for (const [at, { places = [] }] of parts.entries()) {
    for (const [index, outcome] of (commits[at]?.outcomes ?? []).entries()) outcomes[places[index] ?? 0] = outcome;
  }
  return outcomes;
}

/** Jobs may have been stored although the answer is an error: who knows their ids can send them again without duplicates. */
function withJobs(error: unknown, jobs: readonly { readonly id: string }[]): MoorlineError {
  if (!isMoorlineError(error)) {
    return new MoorlineError(
      'internal',
      `Enqueueing failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  if (!error.retryable) return error;
  // A write without an answer in time is what `unconfirmed` means to whoever sent it.
  const code = error.code === 'deadline_exceeded' ? 'unconfirmed' : error.code;
  return new MoorlineError(code, error.message, {
    ...error.options,
    details: { jobs: jobs.map(({ id }) => ({ id })) },
  });
}
