/** What a token may be good for. None contains another: who may operate queues needs `read` as well to look at them. */
export const scopes = {
  produce: 'Enqueue jobs; publish to streams, topics and servers',
  consume: 'Claim jobs and settle them',
  operate: 'Change queues, schedules and dead letters; cancel jobs; accept lost data',
  read: 'Look at queues, jobs, dead letters, schedules and workers, their payloads included; follow streams and topics',
} as const;

export type Scope = keyof typeof scopes;

export const scopeNames = Object.keys(scopes) as readonly Scope[];

export const isScope = (text: string): text is Scope => Object.hasOwn(scopes, text);
