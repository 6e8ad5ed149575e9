import { existingHelpers } from './existing.js';
import { hasUsers } from './inputs.js';
import { probePartials } from './app-pod.js';
import { fillingPartials } from './fill-secrets.js';
import {
  appImage,
  appRepository,
  certificateHelpers,
  chartName,
  externalPorts,
  fullname,
  gatewayUrl,
  labelPartials,
  longName,
  partsOfAddresses,
  redisImage,
  redisRepository,
  redisNodes,
  redisUri,
  secretName,
  sentinelHosts,
  sentinelNodes,
  tlsSecrets,
  unusualPorts,
} from './names.js';
import { podPartials } from './pod.js';
import { redisConfig } from './redis-config.js';
import { resources } from './resources.js';
import { appPasswordKey, isFilled, redisPasswords, sentinelPasswords } from './secrets.js';
import { sentinelConfig } from './sentinel-config.js';
import { gatewayPartials } from './gateway.js';
import { tlsPartials } from './tls-files.js';

/** The named templates of the chart, by the file that they are printed in. */
export const helpers = {
  '_names.tpl': [
    chartName,
    longName,
    fullname,
    secretName,
    hasUsers,
    appPasswordKey,
    isFilled,
    tlsSecrets.redis,
    tlsSecrets.gateway,
    redisRepository,
    redisImage,
    appRepository,
    appImage,
  ],
  '_addresses.tpl': [
    ...partsOfAddresses,
    ...certificateHelpers,
    redisNodes,
    sentinelNodes,
    sentinelHosts,
    redisUri,
    externalPorts,
    unusualPorts,
    gatewayUrl,
  ],
  '_existing.tpl': existingHelpers,
  '_configuration.tpl': [redisConfig, sentinelConfig],
  '_labels.tpl': labelPartials,
  '_secrets.tpl': [redisPasswords, sentinelPasswords, ...tlsPartials, ...fillingPartials],
  '_gateway.tpl': gatewayPartials,
  '_pods.tpl': [...podPartials, ...probePartials],
  '_resources.tpl': Object.values(resources),
};
