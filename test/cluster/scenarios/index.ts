import { cutPrimary } from './cut-primary.js';
import { deletePrimary } from './delete-primary.js';
import { drainNodes } from './drain-nodes.js';
import { freezePrimary } from './freeze-primary.js';
import { killPrimary } from './kill-primary.js';
import type { Scenario } from './scenario.js';
import { upgradeConfiguration } from './upgrade-configuration.js';

export const scenarios: readonly Scenario[] = [
  deletePrimary,
  killPrimary,
  freezePrimary,
  cutPrimary,
  drainNodes,
  upgradeConfiguration,
];
