import type { V1Service } from '@kubernetes/client-node';
import { includeEach, Manifest, range, when, type Arg, type TemplateChart } from '../template/index.js';
import { v } from './inputs.js';
import { metadataOf, nameOf, podName, ports, selectorOf } from './names.js';

type DataComponent = 'redis' | 'sentinel';

const servicePorts = (component: DataComponent) => [{ name: component, port: ports[component], targetPort: component }];

/** An announced node has one address: two would make two nodes of it. */
export const oneFamily = {
  ipFamilyPolicy: 'SingleStack',
  ipFamilies: when<string[]>(v.ipFamily, [v.ipFamily]),
};

/** The Service that a StatefulSet has to name. */
export const headlessService = (chart: TemplateChart, component: DataComponent) =>
  new Manifest<V1Service>(chart, `${component}-service`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(nameOf(component), component),
    spec: {
      clusterIP: 'None',
      ...oneFamily,
      publishNotReadyAddresses: true,
      selector: selectorOf(component),
      ports: servicePorts(component),
    },
  });

/** One Service a pod: its address is announced, so it must outlive the pod and answer before the pod is ready. */
export const addressServices = (chart: TemplateChart, component: DataComponent, replicas: Arg<number>) =>
  new Manifest<V1Service>(
    chart,
    `${component}-address-services`,
    includeEach(range(replicas), (ordinal) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(podName(component, ordinal), component),
      spec: {
        ...oneFamily,
        publishNotReadyAddresses: true,
        selector: { ...selectorOf(component), 'statefulset.kubernetes.io/pod-name': podName(component, ordinal) },
        ports: servicePorts(component),
      },
    })),
  );
