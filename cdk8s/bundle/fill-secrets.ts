import type { V1Container } from '@kubernetes/client-node';
import { and, not, release, when, partial, type Templated } from '../template/index.js';
import { appImageFields, secretsMount } from './app-pod.js';
import { hasGeneratedCertificates, hasUsers, isExternalMode, isRedisTls, isSentinelMode, v } from './inputs.js';
import { certificateArguments, names, tlsSecrets } from './names.js';
import { paths, secretKeys, tlsKeys } from './paths.js';
import { containerSecurity } from './pod.js';
import { resources } from './resources.js';
import { appPasswordKey, hasGeneratedPasswords, isFilled } from './secrets.js';
import { clientTls, gatewayTls } from './tls-files.js';
import { tokenMount } from './token.js';

const { gatewayToken, redisPassword, sentinelPassword, ...ofUsers } = secretKeys;
/** The only container of the gateway with a token. */
const fill: Templated<V1Container> = {
  name: 'secrets',
  ...appImageFields,
  args: [
    'secrets',
    'fill',
    `--namespace=${release.namespace}`,
    when(hasGeneratedPasswords, `--name=${names.generatedSecret}`),
    when(hasGeneratedPasswords, `--keys=${gatewayToken}`),
    when(and(hasGeneratedPasswords, not(isExternalMode)), `--keys=${redisPassword},${sentinelPassword}`),
    when(and(hasGeneratedPasswords, hasUsers), `--keys=${Object.values(ofUsers).join(',')}`),
    when(hasGeneratedCertificates, `--authority=${tlsSecrets.authority}`),
    when(and(isRedisTls, hasGeneratedCertificates), `--certificate=${certificateArguments.redis}`),
    when(hasGeneratedCertificates, `--certificate=${certificateArguments.gateway}`),
  ],
  resources: resources.gateway,
  securityContext: containerSecurity,
  volumeMounts: [tokenMount],
};

/**
 * The pod itself mounts what it has just filled. The kubelet puts it into the volumes when it sees that a container has
 * ended; this one waits for that, and ends as well should it have been missed.
 */
const wait: Templated<V1Container> = {
  name: 'secrets-mounted',
  ...appImageFields,
  args: [
    'secrets',
    'wait',
    `${paths.secrets}/${gatewayToken}`,
    when(not(isExternalMode), `${paths.secrets}/${appPasswordKey}`),
    when(isSentinelMode, `${paths.secrets}/${sentinelPassword}`),
    when(isRedisTls, `${paths.redisTls}/${tlsKeys.authority}`),
    when(v.tls.enabled, `${paths.gatewayTls}/${tlsKeys.certificate}`),
    when(v.tls.enabled, `${paths.gatewayTls}/${tlsKeys.key}`),
  ],
  resources: resources.gateway,
  securityContext: containerSecurity,
  volumeMounts: [secretsMount, clientTls.mount, gatewayTls.mount],
};

const containers = partial<V1Container[]>('moorline.secrets.containers', [fill, wait]);
/** The init containers of the gateway. */
export const fillingContainers = when<V1Container[]>(isFilled, containers);
export const fillingPartials = [containers];
