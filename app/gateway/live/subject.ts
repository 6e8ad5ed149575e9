import type { Source } from './codec.js';

/** What a client can follow: a stream or a topic. */
export type Subject = Pick<Source, 'kind' | 'name'>;

export const subjectOf = (named: { readonly stream: string } | { readonly topic: string }): Subject =>
  'stream' in named ? { kind: 'stream', name: named.stream } : { kind: 'topic', name: named.topic };

/** Stands for it in a map. */
export const keyOf = ({ kind, name }: Subject): string => `${kind} ${name}`;
