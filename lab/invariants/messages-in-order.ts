import type { Invariant } from './invariant.js';

export const messagesInOrder: Invariant = {
  name: 'messages-in-order',
  title: 'messages of a topic come once at most, in their order',
  violations: ({ journal }) => journal.live.messageTroubles,
};
