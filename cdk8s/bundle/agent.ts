import type { V1ConfigMap, V1Container, V1Deployment, V1EnvVar, V1Lease } from '@kubernetes/client-node';
import { environmentNames } from '../../app/config/index.js';
import {
  includeWhen,
  Manifest,
  mul,
  spread,
  spreadFields,
  type TemplateChart,
  type Templated,
  verbatim,
  when,
} from '../template/index.js';
import { addAgentAccess } from './agent-access.js';
import { adminEnv, appImageFields, appPorts, appProbes, secretsMount } from './app-pod.js';
import { disruptionBudget } from './disruption-budget.js';
import { hasAgent, hasGeneratedCertificates, v } from './inputs.js';
import {
  certificateArguments,
  metadataOf,
  nameOf,
  names,
  podLabelsOf,
  redisNodes,
  selectorOf,
  tlsSecrets,
} from './names.js';
import { secretMode } from './paths.js';
import { spreadSoftly } from './placement.js';
import { containerSecurity, graceSeconds, podSettings } from './pod.js';
import { resources } from './resources.js';
import { roleService } from './role-services.js';
import { adminPasswordItems } from './secrets.js';
import { clientTls } from './tls-files.js';
import { tokenMount, tokenVolume } from './token.js';

/** Watches over Redis, and what it keeps: the role labels that two Services select, the record, the Lease. */
export function addAgent(chart: TemplateChart): void {
  const manifests = [
    deployment(chart),
    disruptionBudget(chart, 'agent'),
    topology(chart),
    lease(chart),
    roleService(chart, 'primary', names.primaryService),
    roleService(chart, 'replica', names.replicasService),
  ];
  for (const manifest of manifests) includeWhen(manifest, hasAgent);
  addAgentAccess(chart);
}

/**
 * Empty here and filled at run time, as the Secret is: so an upgrade, a rollback and `kubectl apply` leave alone what is in
 * it, it goes with the release, and nobody needs the right to create one.
 */
const topology = (chart: TemplateChart) =>
  new Manifest<V1ConfigMap>(chart, 'topology-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(names.topology, 'agent'),
  });

/** Likewise. */
const lease = (chart: TemplateChart) =>
  new Manifest<V1Lease>(chart, 'agent-lease', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: metadataOf(names.agentLease, 'agent'),
  });

const deployment = (chart: TemplateChart) =>
  new Manifest<V1Deployment>(chart, 'agent-deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(nameOf('agent'), 'agent'),
    spec: {
      replicas: v.agent.replicas,
      selector: { matchLabels: selectorOf('agent') },
      template: {
        metadata: {
          labels: podLabelsOf('agent', v.agent),
          annotations: { ...spreadFields(v.agent.podAnnotations) },
        },
        spec: {
          ...podSettings(v.agent, graceSeconds(v.agent.shutdownGraceSeconds)),
          serviceAccountName: names.agentServiceAccount,
          topologySpreadConstraints: spreadSoftly('agent', v.agent),
          containers: [container],
          volumes: [
            {
              name: 'secrets',
              secret: {
                secretName: names.secret,
                defaultMode: secretMode,
                items: adminPasswordItems,
              },
            },
            clientTls.volume,
            tokenVolume,
          ],
        },
      },
    },
  });

const container: Templated<V1Container> = {
  name: 'agent',
  ...appImageFields,
  args: ['agent'],
  ports: appPorts,
  env: [
    ...adminEnv(v.agent.logLevel, `${mul(v.agent.shutdownGraceSeconds, 1000)}`),
    { name: environmentNames.MOORLINE_AGENT_NODES, value: redisNodes },
    { name: environmentNames.MOORLINE_AGENT_STATEFUL_SET, value: nameOf('redis') },
    { name: environmentNames.MOORLINE_AGENT_LEASE, value: names.agentLease },
    { name: environmentNames.MOORLINE_AGENT_TOPOLOGY, value: names.topology },
    when<V1EnvVar>(hasGeneratedCertificates, {
      name: environmentNames.MOORLINE_AGENT_AUTHORITY,
      value: tlsSecrets.authority,
    }),
    when<V1EnvVar>(hasGeneratedCertificates, {
      name: environmentNames.MOORLINE_AGENT_CERTIFICATES,
      value: `${certificateArguments.redis} ${certificateArguments.gateway}`,
    }),
    spread(verbatim<V1EnvVar[]>(v.agent.extraEnv)),
  ],
  ...appProbes.agent,
  resources: resources.agent,
  securityContext: containerSecurity,
  volumeMounts: [secretsMount, clientTls.mount, tokenMount],
};
