import type { HostPort } from '../../config/index.js';
import { parseInfo } from '../../redis/server-check.js';
import type { NodeView } from './types.js';

export const nodeQuestion = ['INFO', 'replication', 'keyspace', 'persistence', 'server'] as const;

/** Reads the answer to `nodeQuestion`; `ordinalOf` finds the node of an address. Undefined for what is no data node. */
export function readNode(text: string, ordinalOf: (address: HostPort) => number | undefined): NodeView | undefined {
  const info = parseInfo(text);
  const number = (name: string) => Number(info.get(name) ?? 0);
  const hasKeys = [...info.keys()].some((name) => /^db\d+$/.test(name));
  const isLoading = info.get('loading') === '1';
  const uptimeSeconds = number('uptime_in_seconds');
  switch (info.get('role')) {
    case 'master': {
      const offset = number('master_repl_offset');
      return { role: 'primary', holdsData: hasKeys || isLoading || offset > 1, offset, uptimeSeconds };
    }
    case 'slave': {
      const offset = number('slave_repl_offset');
      return {
        role: 'replica',
        holdsData: hasKeys || isLoading || offset > 1,
        offset,
        uptimeSeconds,
        follows: ordinalOf({ host: info.get('master_host') ?? '', port: number('master_port') }),
        linkDownSeconds: linkDownSeconds(info),
      };
    }
    default:
      return undefined;
  }
}

/** Redis says -1 of a link that has never been up. While a replica fetches everything anew it has nothing whole. */
function linkDownSeconds(info: ReadonlyMap<string, string>): number {
  if (info.get('master_link_status') === 'up') return 0;
  const seconds = Number(info.get('master_link_down_since_seconds') ?? -1);
  return seconds < 0 || info.get('master_sync_in_progress') === '1' ? Infinity : seconds;
}
