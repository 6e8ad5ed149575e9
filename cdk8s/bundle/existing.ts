import { contains, existingAnnotation, existingAsJson, helper, release } from '../template/index.js';
import { chartName, nameOf, volumeKeys } from './names.js';

// What the cluster has of this release already, for cdk8s/upgrade-checks.ts.

const volumesOf = (component: 'redis' | 'sentinel') => {
  const name = helper(`moorline.${component}.name`, nameOf(component));
  const recorded = (helperName: string, key: string) =>
    helper(`moorline.${component}.${helperName}`, existingAnnotation('apps/v1', 'StatefulSet', name, key));
  return {
    name,
    volumeSize: recorded('volumeSize', volumeKeys.size),
    volumeClass: recorded('volumeClass', volumeKeys.storageClass),
  };
};

/** As JSON, in which the keys of an object stand in order: so a text can be looked for that only one place has. */
const deployments = helper('moorline.deployments', existingAsJson('apps/v1', 'Deployment', ''));
const gatewayService = helper('moorline.gatewayService', existingAsJson('v1', 'Service', nameOf('gateway')));

const gatewayLabels = helper(
  'moorline.gatewayLabels',
  `"app.kubernetes.io/component":"gateway","app.kubernetes.io/instance":"${release.name}"`,
);
const gatewaySelector = helper('moorline.gatewaySelector', `${gatewayLabels},"app.kubernetes.io/name":"${chartName}"`);
const gatewayName = helper('moorline.gatewayName', `"name":"${nameOf('gateway')}"`);

const hasGateway = helper('moorline.hasGateway', contains(deployments, gatewayLabels));
const keepsName = helper('moorline.keepsName', contains(deployments, gatewayName));
const keepsSelector = helper('moorline.keepsSelector', contains(deployments, gatewaySelector));

export const existing = {
  redis: volumesOf('redis'),
  sentinel: volumesOf('sentinel'),
  gatewayService,
  hasGateway,
  keepsName,
  keepsSelector,
};

export const existingHelpers = [
  ...Object.values(existing.redis),
  ...Object.values(existing.sentinel),
  deployments,
  gatewayService,
  gatewayLabels,
  gatewaySelector,
  gatewayName,
  hasGateway,
  keepsName,
  keepsSelector,
];
