import { optional, spreadFields } from '../template/index.js';
import { v } from './inputs.js';
import { metadataOf, nameOf, volumeKeys } from './names.js';

// The volumes of data nodes and Sentinels.

type Persistence = typeof v.redis.persistence;

export const volumeClaim = (section: Persistence) => ({
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: optional(section.storageClass),
    resources: { requests: { storage: section.size } },
  },
});

export const volumeRetention = (section: Persistence) => ({
  whenDeleted: section.whenDeleted,
  whenScaled: section.whenScaled,
});

/** With a record of what cannot be changed later, for cdk8s/upgrade-checks.ts. */
export const metadataWithVolumes = (component: 'redis' | 'sentinel') => ({
  ...metadataOf(nameOf(component), component),
  annotations: {
    [volumeKeys.size]: v[component].persistence.size,
    [volumeKeys.storageClass]: v[component].persistence.storageClass,
    ...spreadFields(v.commonAnnotations),
  },
});
