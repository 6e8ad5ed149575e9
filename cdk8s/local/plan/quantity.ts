import { CommandError } from '../errors.js';

const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number: `512Mi` is 536870912 (bytes), `250m` is 0.25 (cores). */
export function bytesOrUnits(quantity: string): number {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = suffixes[suffix ?? ''];
  if (digits === undefined || factor === undefined) {
    throw new CommandError(`expected a quantity such as 512Mi or 250m, got ${quantity}`);
  }
  return Number(digits) * factor;
}
