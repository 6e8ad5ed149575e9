import { helper, lines, spread } from '../template/index.js';
import { v } from './inputs.js';

/** The lines of sentinel.conf that do not depend on the pod; the rest is written by cdk8s/scripts/sentinel-start.sh. */
export const sentinelConfig = helper(
  'moorline.sentinel.conf',
  lines(
    '# Addresses, never names: Sentinel resolves in its event loop, and a slow DNS would blind it for 30 s.',
    'sentinel resolve-hostnames no',
    'sentinel announce-hostnames no',
    '# Nobody may make Sentinel run a script.',
    'sentinel deny-scripts-reconfig yes',
    spread(v.sentinel.extraConfig),
  ),
);
