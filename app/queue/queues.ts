import { Registry } from 'prom-client';
import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { Backpressure } from './backpressure.js';
import { cancelledOf } from './cancellation.js';
import { Claims } from './claims.js';
import { QueueControl, type QueueMode } from './control.js';
import { DeadLetters } from './dead-letters.js';
import { settlementWait } from './durability.js';
import { Enqueuer } from './enqueuer.js';
import { registryKey } from './keys.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';
import { countsOf, jobViewOf } from './observe.js';
import { PolicyCache } from './policy-cache.js';
import { createQueueMetrics } from './queue-metrics.js';
import { QueueRegistry } from './registry.js';
import { checkSchema } from './data-schema.js';
import { queueOfShard } from './sharding/shard-names.js';
import type { Placed } from './sharding/shard-of.js';
import { queueSettings, type QueueSettings, type SettingsView } from './settings.js';
import { SettingsStore } from './settings-store.js';
import { settlementsOf, settleResultOf } from './settlement.js';
import { TurnBatcher } from './turn-batcher.js';
import type { Outlook } from './turn-call.js';
import type {
  BeatAnswer,
  CancelOptions,
  Cancelled,
  ClaimedJob,
  ClaimRequest,
  DeadAuditEntry,
  DeadGroups,
  DeadOptions,
  DeadPage,
  DeadPageRequest,
  DeadPurged,
  DeadReplayed,
  DeadSelection,
  Durability,
  EnqueueReceipt,
  JobInput,
  JobView,
  QueueCounts,
  Queues,
  SettleRequest,
  SettleResult,
  WorkWait,
} from './types.js';
import {
  checkAtMost,
  checkClaim,
  checkInteger,
  checkJobId,
  checkKey,
  checkShardName,
  checkText,
  invalid,
} from './validate.js';

export interface QueuesOptions {
  /** Of queues that are not told; all but `memory` say that the primary has replicas. */
  readonly durability: Durability['class'];
  /** How long results and ids of finished jobs are remembered at least. @default 300 000 */
  readonly doneWindowMs?: number;
  /** How long a replica may take to confirm, before the enqueue is answered `unconfirmed`. @default 2000 */
  readonly waitReplicasTimeoutMs?: number;
  /** How long one call waits at the doorbell. @default 10 000 */
  readonly doorbellBlockMs?: number;
  /** How often queues that are waited for are looked at without a ring. @default 30 000 */
  readonly sweepMs?: number;
  /** Where what this process does to queues is counted. @default nowhere */
  readonly metrics?: Registry;
}

/** The queues of one Redis. The connections stay the caller's: close the queues first. */
export class RedisQueues implements Queues {
  private readonly enqueuer: Enqueuer;
  private readonly turns: TurnBatcher;
  private readonly claims: Claims;
  private readonly letters: DeadLetters;
  private readonly control: QueueControl;
  private readonly registry: QueueRegistry;
  private readonly settingsStore: SettingsStore;
  private readonly doneWindowMs: number;

  constructor(
    private readonly connections: RedisConnections,
    {
      durability,
      doneWindowMs = 300_000,
      waitReplicasTimeoutMs = 2000,
      doorbellBlockMs = 10_000,
      sweepMs = 30_000,
      metrics: registry = new Registry(),
    }: QueuesOptions,
  ) {
    this.settingsStore = new SettingsStore(connections);
    const policies = new PolicyCache((queue) => this.settingsStore.read(queue));
    const replicas = durability === 'memory' ? 0 : 1;
    const backpressure = new Backpressure((queue) => this.counts(queue));
    const metrics = createQueueMetrics(registry);
    const onStore = (queue: string) => {
      this.registry.note(queueOfShard(queue));
    };
    const enqueuing = { durability, replicas, waitReplicasTimeoutMs, metrics, onStore } as const;
    this.enqueuer = new Enqueuer(connections, policies, backpressure, enqueuing);
    this.doneWindowMs = doneWindowMs;
    const waitOf = async (queue: string) => {
      if (replicas === 0) return undefined;
      const { settings } = await policies.of(queue);
      return settlementWait(settings.durability ?? durability, { replicas, waitReplicasTimeoutMs });
    };
    this.turns = new TurnBatcher(connections, waitOf, doneWindowMs, metrics);
    this.claims = new Claims(connections, this.turns, { doorbellBlockMs, sweepMs });
    this.letters = new DeadLetters(connections);
    this.control = new QueueControl(connections);
    this.registry = new QueueRegistry(connections);
  }

  async enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt> {
    checkShardName(queue);
    checkAtMost('the number of jobs', jobs.length, limits.maxJobsPerRequest);
    return this.enqueuer.enqueue(queue, jobs);
  }

  /** Of a queue with shards: the name of the shard for each job. */
  async enqueueOver(
    queue: string,
    jobs: readonly JobInput[],
    shardFor: (job: Placed) => string,
  ): Promise<EnqueueReceipt> {
    checkShardName(queue);
    checkAtMost('the number of jobs', jobs.length, limits.maxJobsPerRequest);
    return this.enqueuer.enqueueOver(queue, jobs, shardFor);
  }

  async claim(queue: string, request: ClaimRequest): Promise<readonly ClaimedJob[]> {
    checkShardName(queue);
    checkClaim('claim', request);
    return this.claims.claim(queue, request);
  }

  async settle(queue: string, request: SettleRequest): Promise<SettleResult> {
    checkShardName(queue);
    const settlements = settlementsOf(request);
    const { claim } = request;
    if (claim !== undefined) checkClaim('claim', claim);
    if (claim === undefined && settlements.length === 0) return { accepted: 0, rejected: [], jobs: [] };
    const { answers, jobs, outlook } = await (claim === undefined
      ? this.turns.turn(queue, { settlements })
      : this.claims.settleAndClaim(queue, settlements, claim));
    return {
      ...settleResultOf(settlements, answers),
      jobs,
      ...(claim === undefined || jobs.length > 0 ? {} : wakeOf(outlook)),
    };
  }

  async waitForWork(queue: string, wait: WorkWait): Promise<boolean> {
    checkShardName(queue);
    return this.claims.untilWork(queue, wait);
  }

  passOn(queue: string): void {
    this.claims.passOn(queue);
  }

  async beat(queue: string, worker: string, { isLeaving = false } = {}): Promise<BeatAnswer> {
    checkShardName(queue);
    checkText('worker', worker, limits.maxWorkerLength);
    const call = queueCall('beat', queue, [worker, isLeaving ? 0 : 1, this.doneWindowMs]);
    const [isNew, cancelling] = (await this.connections.call('command', call)) as [number, number];
    return { isNew: isNew === 1, cancelling };
  }

  async names(): Promise<readonly string[]> {
    const names = (await this.connections.command(['SMEMBERS', registryKey])) as Buffer[];
    return names.map(String).sort();
  }

  async counts(queue: string): Promise<QueueCounts> {
    checkShardName(queue);
    return countsOf(queue, await this.connections.call('command', queueCall('counts', queue)));
  }

  async job(queue: string, id: string): Promise<JobView | undefined> {
    checkShardName(queue);
    checkJobId('the job id', id);
    return jobViewOf(queue, id, await this.connections.call('command', queueCall('job', queue, [id])));
  }

  async cancel(queue: string, id: string, { tells = true }: CancelOptions = {}): Promise<Cancelled> {
    checkShardName(queue);
    checkJobId('the job id', id);
    const call = queueCall('cancel', queue, [this.doneWindowMs, id, tells ? 1 : 0]);
    return cancelledOf(queue, id, await this.connections.call('command', call, { repeatable: true }));
  }

  async settings(queue: string): Promise<SettingsView> {
    checkShardName(queue);
    return this.settingsStore.read(queue);
  }

  async configure(queue: string, settings: QueueSettings): Promise<SettingsView> {
    checkShardName(queue);
    const { success, error } = queueSettings.safeParse(settings);
    if (!success) throw invalid('the settings', 'as documented', error.issues[0]?.message);
    if (settings.schema !== undefined) checkSchema(settings.schema);
    if (settings.durability === 'fsync') await this.checkDisk();
    this.registry.note(queueOfShard(queue));
    return this.settingsStore.write(queue, settings);
  }

  async pause(queue: string): Promise<void> {
    await this.setMode(queue, 'paused');
  }

  async resume(queue: string): Promise<void> {
    await this.setMode(queue, 'running');
  }

  async drain(queue: string): Promise<void> {
    await this.setMode(queue, 'draining');
  }

  async pauseKey(queue: string, key: string): Promise<void> {
    await this.setKeyPaused(queue, key, true);
  }

  async resumeKey(queue: string, key: string): Promise<void> {
    await this.setKeyPaused(queue, key, false);
  }

  async empty(queue: string, limit: number = limits.maxEmptied): Promise<number> {
    checkShardName(queue);
    checkInteger('limit', limit, 1, limits.maxEmptied);
    return this.control.empty(queue, limit);
  }

  async dead(queue: string, request: DeadPageRequest): Promise<DeadPage> {
    checkShardName(queue);
    return this.letters.page(queue, request);
  }

  async deadGroups(queue: string, limit: number): Promise<DeadGroups> {
    checkShardName(queue);
    return this.letters.groups(queue, limit);
  }

  async deadAudit(queue: string, limit: number): Promise<readonly DeadAuditEntry[]> {
    checkShardName(queue);
    return this.letters.audit(queue, limit);
  }

  async replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed> {
    checkShardName(queue);
    return this.letters.replay(queue, selection, options);
  }

  async purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged> {
    checkShardName(queue);
    return this.letters.purge(queue, selection, options);
  }

  /** Waiting claims end without jobs; what is under way is finished. */
  async close(): Promise<void> {
    this.claims.close();
    await Promise.all([this.enqueuer.idle(), this.turns.idle()]);
  }

  private async checkDisk(): Promise<void> {
    const refusal = await this.connections.diskRefusal();
    if (refusal === undefined) return;
    throw new MoorlineError('durability_unavailable', `The primary cannot promise durability fsync: ${refusal}`);
  }

  private async setMode(queue: string, mode: QueueMode): Promise<void> {
    checkShardName(queue);
    this.registry.note(queueOfShard(queue));
    await this.control.setMode(queue, mode);
  }

  private async setKeyPaused(queue: string, key: string, paused: boolean): Promise<void> {
    checkShardName(queue);
    checkKey('the key', key);
    this.registry.note(queueOfShard(queue));
    await this.control.setKeyPaused(queue, key, paused);
  }
}

/** What others claimed from under this one's nose may be followed by more. */
function wakeOf({ left, nextWakeMs }: Outlook): Pick<SettleResult, 'nextWakeMs'> {
  if (left > 0) return { nextWakeMs: 0 };
  return nextWakeMs === undefined ? {} : { nextWakeMs };
}
