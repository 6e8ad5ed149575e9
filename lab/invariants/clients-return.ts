import type { Invariant } from './invariant.js';

/** Without `--strict`: a busy machine is no fault of the product, but who is not back after this will not come back. */
const patienceMs = 30_000;

export const clientsReturn: Invariant = {
  name: 'clients-return',
  title: 'all clients work again within a bound',
  violations: ({ fault, gapsMs, strict }) => {
    const boundMs = strict ? fault.boundMs : patienceMs;
    return [...gapsMs]
      .filter(([, gapMs]) => gapMs > boundMs)
      .map(([client, gapMs]) => `${client} was without for ${seconds(gapMs)}, more than ${seconds(boundMs)}`);
  },
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
