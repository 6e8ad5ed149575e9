import { and, lines, not, release, when } from '../template/index.js';
import { isExternalMode, isSentinelMode, v } from './inputs.js';
import { clientLabel, fullname, names, nameOf } from './names.js';
import { secretKeys } from './paths.js';

/** NOTES.txt: the next three commands. */
export const notes = lines(
  `Moorline ${release.name} is installed in namespace ${release.namespace}.`,
  '',
  'Put a job through:',
  '',
  `  helm test ${release.name} -n ${release.namespace}`,
  '',
  'Talk to it from here:',
  '',
  `  kubectl -n ${release.namespace} port-forward service/${nameOf('gateway')} ${v.gateway.service.port}`,
  `  TOKEN=$(kubectl -n ${release.namespace} get secret ${names.secret} -o jsonpath='{.data.${secretKeys.gatewayToken}}' | base64 -d)`,
  `  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:${v.gateway.service.port}/api/v1/queues`,
  when(
    isExternalMode,
    [
      '',
      'See whether it reaches your Redis:',
      '',
      `  kubectl -n ${release.namespace} rollout status deployment/${nameOf('gateway')}`,
    ],
    [
      '',
      `See how other applications reach this Redis, from pods with the label ${clientLabel}=${fullname}:`,
      '',
      `  kubectl -n ${release.namespace} get configmap ${names.connection} -o yaml`,
    ],
  ),
  when(and(v.networkPolicy.enabled, not(v.networkPolicy.worker.egress)), [
    '',
    'Handlers reach Redis and DNS only; networkPolicy.worker.egress opens more.',
  ]),
  when(isSentinelMode, [
    '',
    'Redis and Sentinel take some seconds to find each other; /readyz of the gateway says when jobs are accepted.',
  ]),
);
