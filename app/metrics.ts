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

/** Clients choose the names of queues: so many get a label of their own, the rest share one. */
const maxLabels = 100;

/** Makes labels of names that clients choose. */
export function createLabels(): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= maxLabels) return 'other';
    known.add(name);
    return name;
  };
}
