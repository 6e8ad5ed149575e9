import { cutPrimary } from './cut-primary.js';
import { coldStart, deleteAllRedis, deleteAllSentinels } from './delete-all.js';
import { deletePrimary } from './delete-primary.js';
import { drainNodes } from './drain-nodes.js';
import { emptyPrimary } from './empty-primary.js';
import { freezePrimary } from './freeze-primary.js';
import { installExamples } from './install-examples.js';
import { killAllRedis } from './kill-all-redis.js';
import { killApplication } from './kill-application.js';
import { killPrimary } from './kill-primary.js';
import { reinstall } from './reinstall.js';
import { restartGateways } from './restart-gateways.js';
import { rollbackConfiguration } from './rollback-configuration.js';
import { rotateCertificates } from './rotate-certificates.js';
import { rotatePasswords } from './rotate-passwords.js';
import { scaleRedis, scaleWorkers } from './scale.js';
import type { Scenario } from './scenario.js';
import { twoReleases } from './two-releases.js';
import { upgradeConfiguration } from './upgrade-configuration.js';
import { upgradeRedis } from './upgrade-redis.js';
import { upgradeVersion } from './upgrade-version.js';

export const scenarios: readonly Scenario[] = [
  ...installExamples,
  deletePrimary,
  killPrimary,
  freezePrimary,
  emptyPrimary,
  cutPrimary,
  drainNodes,
  deleteAllSentinels,
  deleteAllRedis,
  killAllRedis,
  coldStart,
  killApplication,
  restartGateways,
  upgradeConfiguration,
  rollbackConfiguration,
  rotatePasswords,
  rotateCertificates,
  upgradeRedis,
  upgradeVersion,
  scaleRedis,
  scaleWorkers,
  twoReleases,
  reinstall,
];
