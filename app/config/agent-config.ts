import type { Values } from './read-environment.js';
import type { AgentConfig } from './types.js';

const required = [
  'POD_NAMESPACE',
  'MOORLINE_AGENT_NODES',
  'MOORLINE_AGENT_STATEFUL_SET',
  'MOORLINE_AGENT_LEASE',
  'MOORLINE_AGENT_TOPOLOGY',
] as const;

/** What an agent cannot do without; one line for each. */
export function missingForAgent(values: Values): string[] {
  const unset = required.filter((name) => values[name] === undefined).map((name) => `${name}: required by the agent`);
  const isSentinel = values.REDIS_URI?.kind === 'sentinel';
  return isSentinel ? unset : [...unset, 'REDIS_URI: the agent works with Sentinels, expected redis+sentinel://...'];
}

/** Undefined where something is missing. */
export function agentConfig(values: Values): AgentConfig | undefined {
  const {
    REDIS_URI: target,
    POD_NAMESPACE: namespace,
    MOORLINE_AGENT_NODES: nodes,
    MOORLINE_AGENT_STATEFUL_SET: statefulSet,
    MOORLINE_AGENT_LEASE: lease,
    MOORLINE_AGENT_TOPOLOGY: topology,
  } = values;
  if (target?.kind !== 'sentinel' || namespace === undefined || nodes === undefined) return undefined;
  if (statefulSet === undefined || lease === undefined || topology === undefined) return undefined;
  const { sentinels, primaryName } = target;
  const { MOORLINE_AGENT_AUTHORITY: authority, MOORLINE_AGENT_CERTIFICATES: wanted = '' } = values;
  const certificates = authority === undefined ? {} : { certificates: { authority, wanted: wanted.split(' ') } };
  return { sentinels, primaryName, nodes, namespace, statefulSet, lease, topology, ...certificates };
}
