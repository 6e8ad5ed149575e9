import type { RedisConnections } from '../redis/types.js';
import { queueCall } from './library.js';
import { policyText, type QueueSettings, type SettingsView } from './settings.js';

/** The settings of queues, as Redis has them. */
export class SettingsStore {
  constructor(private readonly connections: Pick<RedisConnections, 'call'>) {}

  async read(queue: string): Promise<SettingsView> {
    const reply = await this.connections.call('command', queueCall('settings', queue), { repeatable: true });
    const [revision, json] = reply as [number, Buffer];
    return { revision, settings: revision === 0 ? {} : (JSON.parse(String(json)) as QueueSettings) };
  }

  /** Replaces them as a whole. */
  async write(queue: string, settings: QueueSettings): Promise<SettingsView> {
    const args = [JSON.stringify(settings), policyText(settings)];
    const revision = await this.connections.call('command', queueCall('configure', queue, args));
    return { revision: Number(revision), settings };
  }
}
