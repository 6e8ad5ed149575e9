import type { HostPort } from '../../config/index.js';
import { fixedLocator, type PrimaryLocator } from '../primary-locator.js';

/** One node of a cluster. Whoever has to look for it again has lost it: then another one may serve its slots. */
export function movingLocator(node: HostPort, onLost: () => void): PrimaryLocator {
  return {
    ...fixedLocator(node),
    locate: () => {
      onLost();
      return Promise.resolve(node);
    },
  };
}
