import type {
  V1Affinity,
  V1PodDNSConfig,
  V1PodSecurityContext,
  V1PodSpec,
  V1SecurityContext,
  V1Toleration,
} from '@kubernetes/client-node';
import { add, optional, partial, verbatim, type Arg, type Expr, type Refs, type Templated } from '../template/index.js';
import type { Values } from '../values/index.js';
import { v } from './inputs.js';

// What all pods of the bundle have in common.

/** Any but root: the images need no user of their own. Above 10000, so that it is no user of the node either. */
const uid = 10001;

export const podSecurity = partial<V1PodSecurityContext>('moorline.podSecurity', {
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: uid,
  fsGroup: uid,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

export const containerSecurity = partial<V1SecurityContext>('moorline.containerSecurity', {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
});

/** Names are asked for exactly when a node is lost, and a replica of the DNS may be on it: ask once, give up soon. */
const dnsConfig = partial<V1PodDNSConfig>('moorline.dnsConfig', {
  options: [
    { name: 'ndots', value: '1' },
    { name: 'timeout', value: '1' },
    { name: 'attempts', value: '2' },
  ],
});

/** The named templates of the chart. */
export const podPartials = [podSecurity, containerSecurity, dnsConfig];

type Scheduled = Refs<
  Pick<
    Values['redis'],
    'nodeSelector' | 'tolerations' | 'affinity' | 'priorityClassName' | 'schedulerName' | 'runtimeClassName'
  >
>;

/** The fields of a pod that do not depend on what runs in it. */
export const podSettings = (section: Scheduled, graceSeconds: Arg<number>) =>
  ({
    automountServiceAccountToken: false,
    // A Service named redis would inject REDIS_PORT, which the application would have to refuse.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceSeconds,
    imagePullSecrets: optional(v.imagePullSecrets),
    priorityClassName: optional(section.priorityClassName),
    schedulerName: optional(section.schedulerName),
    runtimeClassName: optional(section.runtimeClassName),
    securityContext: podSecurity,
    dnsConfig,
    nodeSelector: optional(section.nodeSelector),
    tolerations: optional(verbatim<V1Toleration[]>(section.tolerations)),
    affinity: optional(verbatim<V1Affinity>(section.affinity)),
  }) satisfies Templated<Partial<V1PodSpec>>;

interface Timing {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export const execProbe = (script: string, timing: Timing) => ({
  exec: { command: ['sh', script] },
  timeoutSeconds: 5,
  ...timing,
});

export const httpProbe = (path: string, timing: Timing, scheme?: Expr<string | undefined>) => ({
  httpGet: { path, port: 'http', scheme },
  timeoutSeconds: 5,
  ...timing,
});

export const graceSeconds = (shutdownGraceSeconds: Expr<number>) => add(shutdownGraceSeconds, 10);

/** From the API server, not from a token: who am I, where am I, what may I use. */
export const fieldEnv = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
export const limitEnv = (name: string, resource: string, divisor: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, divisor } },
});
