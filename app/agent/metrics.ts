import { Counter, Gauge } from 'prom-client';
import type { Registry } from '../metrics.js';
import type { Action } from './plan/actions.js';

export interface AgentMetrics {
  readonly acted: (kind: Action['kind'] | 'chore', outcome: 'done' | 'failed' | 'stale') => void;
  readonly active: (isActive: boolean) => void;
  readonly switched: (epoch: number, since: string) => void;
}

export function registerAgentMetrics(registry: Registry, withoutPrimarySeconds: () => number): AgentMetrics {
  const registers = [registry];
  const actions = new Counter({
    name: 'moorline_agent_actions_total',
    help: 'What the agent did, by kind; refuse: what it refused to do and left to people',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const active = new Gauge({
    name: 'moorline_agent_active',
    help: '1 where the agent holds the Lease and acts; one agent of a release does',
    registers,
  });
  const epoch = new Gauge({
    name: 'moorline_agent_last_switch_epoch',
    help: 'Configuration epoch of the Sentinels by which the primary of now is the primary',
    registers,
  });
  const switchedAt = new Gauge({
    name: 'moorline_agent_last_switch_timestamp_seconds',
    help: 'When the agents saw the primary of now for the first time',
    registers,
  });
  new Gauge({
    name: 'moorline_agent_without_primary_seconds',
    help: 'How long the release has had no primary that the Sentinels name, as the active agent sees it; 0 when it has one',
    registers,
    collect() {
      this.set(withoutPrimarySeconds());
    },
  });
  active.set(0);
  return {
    acted: (kind, outcome) => {
      actions.inc({ kind, outcome });
    },
    active: (isActive) => {
      active.set(isActive ? 1 : 0);
    },
    switched: (value, since) => {
      epoch.set(value);
      switchedAt.set(Date.parse(since) / 1_000);
    },
  };
}
