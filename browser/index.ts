export { LiveClient } from './live-client.js';
export { LiveError } from './live-error.js';
export type { LiveClientOptions, LiveState } from './options.js';
export type { Chunk, Position, Restart, StreamItem, TopicMessage } from './types.js';
