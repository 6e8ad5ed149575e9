import { isExternalMode, isSentinelMode, v } from './bundle/inputs.js';
import { fullname } from './bundle/names.js';
import { existing } from './bundle/existing.js';
import type { Check } from './check.js';
import { and, contains, ne, not, release, type Expr } from './template/index.js';

const { hasGateway, keepsName, keepsSelector, gatewayService } = existing;
const hasFamily = contains(gatewayService, '"ipFamilies":[');

/**
 * Values that Kubernetes cannot change of objects that are there. It would refuse one object in the middle of an upgrade, with a message
 * that names no value. Helm alone looks into the cluster; whoever applies plain manifests gets that message.
 */
export const upgradeChecks: readonly Check[] = [
  ...volumeChecks('redis', not(isExternalMode)),
  ...volumeChecks('sentinel', isSentinelMode),
  {
    id: 'names-kept',
    check: and(hasGateway, not(and(keepsName, keepsSelector))),
    message: `nameOverride and fullnameOverride make the name ${fullname}, but release ${release.name} was installed under another one: its data would be left behind in volumes of the former name`,
    fix: 'leave both as they were, or install a release beside this one',
  },
  {
    id: 'ip-family-kept',
    check: and(v.ipFamily, hasFamily, not(contains(gatewayService, `"ipFamilies":["${v.ipFamily}"`))),
    message: `ipFamily is ${v.ipFamily}, but the Services of release ${release.name} have addresses of the other family, and Kubernetes cannot change that`,
    fix: 'leave it as it was, or install a release beside this one',
  },
];

function volumeChecks(component: 'redis' | 'sentinel', applies: Expr<boolean>): Check[] {
  const { size, storageClass } = v[component].persistence;
  const { volumeSize, volumeClass } = existing[component];
  const reason = 'Kubernetes cannot change the volumes of a StatefulSet';
  const page = 'docs/operations.md, "Volumes"';
  return [
    {
      id: `${component}-volume-size`,
      check: and(applies, volumeSize, ne(volumeSize, size)),
      message: `${component}.persistence.size is ${size}, but release ${release.name} has volumes of ${volumeSize}: ${reason}`,
      fix: `leave it as it was, or grow the volumes first; ${page}, has the commands`,
    },
    {
      id: `${component}-storage-class`,
      check: and(applies, volumeSize, ne(volumeClass, storageClass)),
      message: `${component}.persistence.storageClass is "${storageClass}", but release ${release.name} has volumes of class "${volumeClass}": ${reason}`,
      fix: `leave it as it was, or move to the other class pod by pod; ${page}, has the commands`,
    },
  ];
}
