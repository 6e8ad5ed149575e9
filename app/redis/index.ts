export { connectRedis, type ConnectOptions } from './connect.js';
export { defineLibrary, functionName, type FunctionLibrary } from './library.js';
export { poolStats, type PoolStats } from './pool-stats.js';
export type * from './types.js';
