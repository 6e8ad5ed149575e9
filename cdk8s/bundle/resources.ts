import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { eq, optional, or, partial, verbatim, when, type Refs } from '../template/index.js';
import type { Values } from '../values/index.js';
import { v } from './inputs.js';

type Sized = Refs<Pick<Values['redis'], 'resources' | 'resourcesPreset'>>;
type Amounts = Record<string, string>;
export type Presets = Readonly<
  Record<'small' | 'medium' | 'large', { readonly requests: Amounts; readonly limits: Amounts }>
>;

/**
 * What a container writes beside its volumes is its log, which the kubelet rotates; a node needs no more room for it than that,
 * and a pod that goes wrong must not fill the node.
 */
const preset = (requests: readonly [string, string], limits: readonly [string, string]) => ({
  requests: { cpu: requests[0], memory: requests[1], 'ephemeral-storage': '64Mi' },
  limits: { cpu: limits[0], memory: limits[1], 'ephemeral-storage': '1Gi' },
});

/** Redis: `large` is what a busy pub/sub server was found to need, 2-4 CPU and 4-8 Gi. */
export const redisPresets: Presets = {
  small: preset(['100m', '256Mi'], ['1', '512Mi']),
  medium: preset(['500m', '1Gi'], ['2', '2Gi']),
  large: preset(['2', '4Gi'], ['4', '8Gi']),
};

/** A Sentinel keeps a few kilobytes; it needs the processor in time rather than for long. */
export const sentinelPresets: Presets = {
  small: preset(['20m', '32Mi'], ['200m', '64Mi']),
  medium: preset(['50m', '64Mi'], ['500m', '128Mi']),
  large: preset(['100m', '64Mi'], ['1', '128Mi']),
};

/** Gateway, worker and agent: one Node process each, which uses little more than one processor. */
export const appPresets: Presets = {
  small: preset(['100m', '192Mi'], ['1', '384Mi']),
  medium: preset(['500m', '384Mi'], ['2', '768Mi']),
  large: preset(['1', '768Mi'], ['2', '1536Mi']),
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
  agent: resourcesOf('agent', v.agent, appPresets),
};
