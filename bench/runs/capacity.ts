import type { ContenderName, Run } from '../types.js';
import { bothSides, inMemory } from './servers.js';

/** BullMQ has no gateway to compare with. */
const gatewayAlone: readonly ContenderName[] = ['moorline'];

/** Many at once, and for long. */
export const capacityRuns: readonly Run[] = [
  {
    name: 'items',
    title: '50 000 items, one call of the library',
    task: { kind: 'items', jobs: 50_000 },
    contenders: bothSides,
    server: inMemory,
    targets: [{ figure: 'seconds', atMost: 1 }],
    isSelected: true,
  },
  {
    name: 'items-http',
    title: '50 000 items, one request to the gateway',
    task: { kind: 'items-http', jobs: 50_000 },
    contenders: gatewayAlone,
    server: inMemory,
    targets: [{ figure: 'seconds', atMost: 2 }],
    isSelected: true,
  },
  {
    name: 'scenario-1',
    title: 'Connection saturation: 500 HTTP clients at once, 20 requests each',
    task: { kind: 'saturation', clients: 500, requestsPerClient: 20 },
    contenders: gatewayAlone,
    server: inMemory,
    targets: [{ figure: 'failed', atMost: 0 }],
    isSelected: true,
    isSteady: true,
  },
  {
    name: 'scenario-2',
    title: 'Queue bombardment: 50 000 items, 500 of them invalid',
    task: { kind: 'bombardment', jobs: 50_000, invalid: 500 },
    contenders: bothSides,
    server: inMemory,
    targets: [
      { figure: 'lost', atMost: 0 },
      { figure: 'seconds', atMost: 13 },
    ],
    isSelected: true,
    isSteady: true,
  },
  {
    name: 'scenario-3',
    title: 'Sustained load: 1 000 jobs/s for 60 s, added and done in one process',
    task: { kind: 'sustained', perSecond: 1_000, seconds: 60 },
    contenders: bothSides,
    server: inMemory,
    targets: [
      { figure: 'lost', atMost: 0 },
      { figure: 'failed', atMost: 0 },
    ],
    isSelected: false,
    isSteady: true,
  },
];
