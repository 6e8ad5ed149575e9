import type { Logger } from '../log.js';
import type { ReleaseWatch } from './facts/watch.js';
import type { Pod } from './facts/types.js';
import type { ReleaseEvent, ReleaseObjects } from './kubernetes/release-objects.js';
import type { AgentMetrics } from './metrics.js';
import type { Action } from './plan/actions.js';

export interface ActorOptions {
  readonly watch: Pick<ReleaseWatch, 'tellNode' | 'tellSentinel' | 'addressOf'>;
  readonly objects: ReleaseObjects;
  readonly primaryName: string;
  readonly metrics: AgentMetrics;
  readonly log: Logger;
  /** How long it is surely this agent's turn. */
  readonly remainingMs: () => number;
}

/** An act that is begun has so long; it is not begun when the turn may end before. */
const actMs = 2_500;

type Outcome = 'done' | 'stale';

/** Does what was planned, one after the other, each act told by an Event, a line of log and a metric. */
export class Actor {
  constructor(private readonly options: ActorOptions) {}

  /** `pods` are those that the plan was made of. Stops at the first act that cannot be done: the next plan sees what came of it. */
  async act(actions: readonly Action[], pods: readonly (Pod | undefined)[]): Promise<void> {
    for (const action of actions) {
      if (this.options.remainingMs() < actMs) return;
      const outcome = await this.doOne(action);
      this.options.metrics.acted(action.kind, outcome);
      if (outcome !== 'done') return;
      await this.tell(describe(action, pods));
    }
  }

  private async doOne(action: Action): Promise<Outcome | 'failed'> {
    try {
      return await this.carryOut(action);
    } catch (error) {
      this.options.log.warn({ err: error, action: action.kind }, 'an act failed; it is planned anew');
      return 'failed';
    }
  }

  private async carryOut(action: Action): Promise<Outcome> {
    const { watch, objects, primaryName } = this.options;
    switch (action.kind) {
      case 'label':
        return (await objects.label(action.pod, action.role)) ? 'done' : 'stale';
      case 'record':
        await objects.writeRecord(action.record);
        break;
      case 'promote':
        await watch.tellNode(action.node, ['REPLICAOF', 'NO', 'ONE']);
        break;
      case 'demote': {
        const { host, port } = await watch.addressOf(action.leader);
        await watch.tellNode(action.node, ['REPLICAOF', host, port]);
        break;
      }
      case 'failover':
        await watch.tellSentinel(action.sentinel, ['FAILOVER', primaryName]);
        break;
      case 'forget':
        await watch.tellSentinel(action.sentinel, ['RESET', primaryName]);
        break;
      case 'refuse':
        break;
    }
    return 'done';
  }

  /** What was done is done, whether it can be told or not. */
  private async tell(event: ReleaseEvent): Promise<void> {
    const { log, objects } = this.options;
    const pod = event.pod?.name;
    log[event.type === 'Warning' ? 'warn' : 'info']({ target: pod, act: event.reason }, event.note);
    await objects.tell(event).catch((error: unknown) => {
      log.debug({ err: error }, 'an Event was not written');
    });
  }
}

function describe(action: Action, pods: readonly (Pod | undefined)[]): ReleaseEvent {
  switch (action.kind) {
    case 'label':
      return {
        type: 'Normal',
        pod: action.pod,
        reason: action.role === 'primary' ? 'BecamePrimary' : action.role === 'replica' ? 'BecameReplica' : 'LostRole',
        note: action.role === undefined ? 'label of the role taken away' : `labelled as ${action.role}`,
      };
    case 'record': {
      const { primary, epoch } = action.record;
      return normal(
        pods.find((pod) => pod?.name === primary),
        'TopologyRecorded',
        `primary since epoch ${epoch}`,
      );
    }
    case 'promote':
      return warning(pods[action.node], 'Promoted', `made the primary: ${action.reason}`);
    case 'demote':
      return warning(pods[action.node], 'Demoted', `made a replica of node ${action.leader}: ${action.reason}`);
    case 'failover':
      return warning(
        undefined,
        'FailoverRequested',
        `asked Sentinel ${action.sentinel} for a failover: ${action.reason}`,
      );
    case 'forget':
      return normal(undefined, 'SentinelReset', `had Sentinel ${action.sentinel} look anew: ${action.reason}`);
    case 'refuse':
      return warning(undefined, 'NotRepaired', action.reason);
  }
}

const normal = (pod: Pod | undefined, reason: string, note: string): ReleaseEvent => ({
  type: 'Normal',
  pod,
  reason,
  note,
});

const warning = (pod: Pod | undefined, reason: string, note: string): ReleaseEvent => ({
  type: 'Warning',
  pod,
  reason,
  note,
});
