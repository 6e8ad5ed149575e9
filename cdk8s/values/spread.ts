import { z } from 'zod';

const overZones = z
  .enum(['even', 'soft'])
  .default('soft')
  .describe('The same over zones; `even` asks for nodes that are labelled with `topology.kubernetes.io/zone`.');

/** Data nodes and Sentinels: what is lost with a node must not be two of them. */
export const strictSpread = z
  .strictObject({
    nodes: z
      .enum(['apart', 'even', 'soft'])
      .default('even')
      .describe(
        'How pods share nodes. apart: never two on one, a pod waits for a free node. even: two only where every node has one. soft: as far as it goes.',
      ),
    zones: overZones,
  })
  .prefault({});

/** Gateways and workers: a pod that waits for a better node is worth less than one that runs. */
export const softSpread = z
  .strictObject({
    nodes: z
      .enum(['even', 'soft'])
      .default('soft')
      .describe('How pods share nodes. even: as many on each node, a pod waits otherwise. soft: as far as it goes.'),
    zones: overZones,
  })
  .prefault({});
