import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { eq, optional, or, partial, verbatim, when, type Refs } from '../template/index.js';
import type { Values } from '../values/index.js';
import { v } from './inputs.js';

type Sized = Refs<Pick<Values['redis'], 'resources' | 'resourcesPreset'>>;
type Amounts = Record<string, string>;
export type Presets = Readonly<
  Record<'small' | 'medium' | 'large', { readonly requests: Amounts; readonly limits: Amounts }>
>;

/** Redis: `large` is what a busy pub/sub server was found to need, 2-4 CPU and 4-8 Gi. */
export const redisPresets: Presets = {
  small: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
  medium: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  large: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '4', memory: '8Gi' } },
};

/** A Sentinel keeps a few kilobytes; it needs the processor in time rather than for long. */
export const sentinelPresets: Presets = {
  small: { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
  medium: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
  large: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
};

/** Gateway and worker: one Node process each, which uses little more than one processor. */
export const appPresets: Presets = {
  small: { requests: { cpu: '100m', memory: '192Mi' }, limits: { cpu: '1', memory: '384Mi' } },
  medium: { requests: { cpu: '500m', memory: '384Mi' }, limits: { cpu: '2', memory: '768Mi' } },
  large: { requests: { cpu: '1', memory: '768Mi' }, limits: { cpu: '2', memory: '1536Mi' } },
};

/** `resources` in full where the user wrote them, else the preset. */
const resourcesOf = (name: string, section: Sized, presets: Presets) =>
  partial<V1ResourceRequirements>(
    `moorline.${name}.resources`,
    when<V1ResourceRequirements>(
      or(section.resources.limits, section.resources.requests),
      {
        requests: optional(verbatim<Amounts>(section.resources.requests)),
        limits: optional(verbatim<Amounts>(section.resources.limits)),
      },
      when<V1ResourceRequirements>(
        eq(section.resourcesPreset, 'large'),
        presets.large,
        when<V1ResourceRequirements>(eq(section.resourcesPreset, 'medium'), presets.medium, presets.small),
      ),
    ),
  );

export const resources = {
  redis: resourcesOf('redis', v.redis, redisPresets),
  sentinel: resourcesOf('sentinel', v.sentinel, sentinelPresets),
  gateway: resourcesOf('gateway', v.gateway, appPresets),
  worker: resourcesOf('worker', v.worker, appPresets),
};
