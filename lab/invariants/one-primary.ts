import type { Invariant } from './invariant.js';

export const onePrimary: Invariant = {
  name: 'one-primary',
  title: 'after the healing one node takes writes',
  violations: ({ writableNodes }) =>
    writableNodes.length === 1 ? [] : [`writes are taken by ${writableNodes.join(' and ') || 'no node'}`],
};
