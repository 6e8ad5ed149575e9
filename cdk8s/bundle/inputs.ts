import { and, eq, values } from '../template/index.js';
import { schema, type Values } from '../values/index.js';

/** The values of the release, as expressions. */
export const v = values<Values>(schema);

export const isSentinelMode = eq(v.mode, 'sentinel');
export const isStandaloneMode = eq(v.mode, 'standalone');
export const isExternalMode = eq(v.mode, 'external');
export const hasAgent = and(isSentinelMode, v.agent.enabled);
