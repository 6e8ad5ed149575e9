/** What is live: messages and chunks to those who listen now, or come back. */
export type LiveTask = BusTask | BusLatencyTask | StreamPublishTask | StreamLatencyTask | IdleSocketsTask | StormTask;

/** So many callers publish to one topic, each the next message when its last one is on its way; until the handler has them all. */
export interface BusTask {
  readonly kind: 'bus';
  readonly messages: number;
  readonly warmUp: number;
  readonly concurrency: number;
}

/** Open loop: from the time a message was due to its handler. */
export interface BusLatencyTask {
  readonly kind: 'bus-latency';
  readonly perSecond: number;
  readonly seconds: number;
}

/** So many producers, each with a stream of its own, publish `batch` chunks a call, one call after the other. */
export interface StreamPublishTask {
  readonly kind: 'stream-publish';
  readonly chunks: number;
  readonly producers: number;
  readonly batch: number;
}

/** Open loop: from the time a chunk was due to the WebSocket that follows the stream through a gateway. */
export interface StreamLatencyTask {
  readonly kind: 'stream-latency';
  readonly perSecond: number;
  readonly seconds: number;
}

/** WebSockets of a gateway that say nothing. */
export interface IdleSocketsTask {
  readonly kind: 'idle-sockets';
  readonly sockets: number;
  readonly seconds: number;
}

/** WebSockets that come to a gateway at the same time to follow one stream, each from one of its last 20 chunks. */
export interface StormTask {
  readonly kind: 'storm';
  readonly sockets: number;
  readonly chunks: number;
}

const kinds: readonly string[] = [
  'bus',
  'bus-latency',
  'stream-publish',
  'stream-latency',
  'idle-sockets',
  'storm',
] satisfies LiveTask['kind'][];

export const isLive = (task: { readonly kind: string }): task is LiveTask => kinds.includes(task.kind);
