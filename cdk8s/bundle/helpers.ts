import { existingHelpers } from './existing.js';
import {
  appImage,
  chartName,
  externalPorts,
  fullname,
  gatewayUrl,
  labelPartials,
  longName,
  redisImage,
  redisNodes,
  redisUri,
  secretName,
  sentinelHosts,
  sentinelNodes,
  unusualPorts,
} from './names.js';
import { podPartials } from './pod.js';
import { redisConfig } from './redis-config.js';
import { resources } from './resources.js';
import { sentinelConfig } from './sentinel-config.js';

/** The named templates of the chart, by the file that they are printed in. */
export const helpers = {
  '_names.tpl': [chartName, longName, fullname, secretName, redisImage, appImage],
  '_addresses.tpl': [redisNodes, sentinelNodes, sentinelHosts, redisUri, externalPorts, unusualPorts, gatewayUrl],
  '_existing.tpl': existingHelpers,
  '_configuration.tpl': [redisConfig, sentinelConfig],
  '_labels.tpl': labelPartials,
  '_pods.tpl': podPartials,
  '_resources.tpl': Object.values(resources),
};
