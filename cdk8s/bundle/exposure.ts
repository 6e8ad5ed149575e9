import type { V1Ingress, V1IngressRule } from '@kubernetes/client-node';
import {
  each,
  includeWhen,
  Manifest,
  not,
  optional,
  type TemplateChart,
  type Templated,
  verbatim,
  when,
} from '../template/index.js';
import { v } from './inputs.js';
import { metadataOf, nameOf } from './names.js';

const { ingress, httpRoute } = v.gateway;

/** Ways to the gateway from outside of the cluster. */
export function addExposure(chart: TemplateChart): void {
  includeWhen(gatewayIngress(chart), ingress.enabled);
  includeWhen(gatewayRoute(chart), httpRoute.enabled);
}

const paths: Templated<V1IngressRule['http']> = {
  paths: [
    {
      path: '/',
      pathType: 'Prefix',
      backend: { service: { name: nameOf('gateway'), port: { name: 'http' } } },
    },
  ],
};

const gatewayIngress = (chart: TemplateChart) =>
  new Manifest<V1Ingress>(chart, 'gateway-ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(nameOf('gateway'), 'gateway', ingress.annotations),
    spec: {
      ingressClassName: optional(ingress.className),
      tls: [when(ingress.tlsSecret, { hosts: optional(ingress.hosts), secretName: ingress.tlsSecret })],
      rules: [
        when<V1IngressRule>(not(ingress.hosts), { http: paths }),
        each<string, V1IngressRule>(ingress.hosts, (host) => ({ host, http: paths }), 'host'),
      ],
    },
  });

/** As much of the Gateway API as is used here. */
interface HttpRoute {
  apiVersion?: string;
  kind?: string;
  metadata?: V1Ingress['metadata'];
  spec?: {
    parentRefs: { name: string; namespace?: string; sectionName?: string }[];
    hostnames?: string[];
    rules: { backendRefs: { name: string; port: number }[] }[];
  };
}

const gatewayRoute = (chart: TemplateChart) =>
  new Manifest<HttpRoute>(chart, 'gateway-httproute', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(nameOf('gateway'), 'gateway', httpRoute.annotations),
    spec: {
      parentRefs: verbatim(httpRoute.parentRefs),
      hostnames: optional(httpRoute.hostnames),
      rules: [{ backendRefs: [{ name: nameOf('gateway'), port: v.gateway.service.port }] }],
    },
  });
