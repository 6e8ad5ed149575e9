import type { Position, StreamState } from './types.js';

/** Where a subscription begins, and whether it goes on exactly where the subscriber was. */
export interface Start {
  readonly position: Position;
  /** False: chunks between are gone, or the whole history is another one. What follows begins after `position`. */
  readonly recovered: boolean;
}

/**
 * `firstOffset` is that of the first chunk at hand after the wanted offset; undefined when there is none. Who cannot have all he
 * misses is told, and gets what there is from its beginning: he has to build anew what he had.
 */
export function decideStart(wanted: Position, state: StreamState, firstOffset: number | undefined): Start {
  const { epoch, offset: top } = state;
  const isFresh = wanted.epoch === '' && wanted.offset === 0;
  if (epoch === '') return { position: { epoch, offset: 0 }, recovered: isFresh };
  const isSame = isFresh || (wanted.epoch === epoch && wanted.offset <= top);
  const isNext = wanted.offset === top || firstOffset === wanted.offset + 1;
  if (isSame && isNext) return { position: { epoch, offset: wanted.offset }, recovered: true };
  return { position: { epoch, offset: (firstOffset ?? top + 1) - 1 }, recovered: false };
}

/** From where the history has to be read to decide: the wanted offset means nothing in another epoch. */
export function readFrom(wanted: Position, state: StreamState): number {
  return wanted.epoch === state.epoch && wanted.offset <= state.offset ? wanted.offset : 0;
}
