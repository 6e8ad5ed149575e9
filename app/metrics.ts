import { collectDefaultMetrics, Registry } from 'prom-client';

export type { Registry } from 'prom-client';

/**
 * The metrics of one process: those of Node (`process_*`, `nodejs_*`), to which each room adds its own (`moorline_*`).
 * A registry of its own, not the global one, so that two processes' worth of metrics fit into one test.
 */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}
