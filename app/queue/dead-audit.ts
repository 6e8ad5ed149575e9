import type { RedisConnections } from '../redis/types.js';
import { isMoorlineError } from '../resilience/errors.js';
import { queueKey } from './keys.js';
import { queueCall } from './library.js';
import { limits } from './limits.js';
import type { DeadAuditEntry, DeadOptions, DeadSelection } from './types.js';
import { checkInteger } from './validate.js';

const shownIds = 100;

/** What a replay or a purge has done so far. */
export interface DeadProgress {
  matched: number;
  changed: number;
  readonly refused: string[];
}

/** Writes down who did what with dead letters. */
export class DeadAudit {
  constructor(private readonly connections: Pick<RedisConnections, 'call' | 'command'>) {}

  /** Runs `work` and writes down what came of it, also when it fails half-way. A dry run is nobody's deed. */
  async record(
    queue: string,
    action: DeadAuditEntry['action'],
    selection: DeadSelection,
    { by = 'anonymous', dryRun = false, limit, ratePerSecond }: DeadOptions,
    work: (progress: DeadProgress) => Promise<void>,
  ): Promise<DeadProgress> {
    const progress: DeadProgress = { matched: 0, changed: 0, refused: [] };
    const write = async (error?: string): Promise<void> => {
      if (dryRun) return;
      const { matched, changed, refused } = progress;
      const asked = { ...shortened(selection), limit, ratePerSecond };
      const entry = { by, action, selection: asked, matched, changed, refused: refused.length || undefined, error };
      await this.connections.call('admin', queueCall('dead_audit', queue, [JSON.stringify(entry)]));
    };
    try {
      await work(progress);
    } catch (error) {
      // What stopped the work tells more than that this cannot be written down either.
      await write(isMoorlineError(error) ? error.code : 'internal').catch(() => undefined);
      throw error;
    }
    await write();
    return progress;
  }

  async read(queue: string, limit: number): Promise<readonly DeadAuditEntry[]> {
    checkInteger('limit', limit, 1, limits.maxDeadAudit);
    const texts = (await this.connections.command(['LRANGE', queueKey(queue, 'audit'), 0, limit - 1])) as Buffer[];
    return texts.map((text) => JSON.parse(String(text)) as DeadAuditEntry);
  }
}

function shortened(selection: DeadSelection): object {
  if (!('ids' in selection)) return selection;
  return { count: selection.ids.length, ids: selection.ids.slice(0, shownIds) };
}
