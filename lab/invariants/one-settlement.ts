import type { Invariant } from './invariant.js';

export const oneSettlement: Invariant = {
  name: 'one-settlement',
  title: 'a fence names one delivery, and one settlement of it at most is accepted',
  violations: ({ journal }) =>
    [...journal.deliveries.values()].flatMap(({ id, fence, handedOut, accepted }) => [
      ...(handedOut > 1 ? [`delivery ${id}:${fence} was handed out ${handedOut} times`] : []),
      ...(accepted.size > 1 ? [`delivery ${id}:${fence} was accepted as ${[...accepted].join(' and then as ')}`] : []),
    ]),
};
