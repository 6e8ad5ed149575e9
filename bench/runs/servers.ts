import type { ContenderName, ServerSpec } from '../types.js';

export const inMemory: ServerSpec = { persistence: 'none', replicas: 0 };
export const withReplica: ServerSpec = { persistence: 'none', replicas: 1 };

/** Both on the same standalone Redis: an enqueue counts when the primary has it. */
export const bothSides: readonly ContenderName[] = ['moorline', 'bullmq'];
