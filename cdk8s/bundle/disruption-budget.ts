import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { Manifest, type TemplateChart } from '../template/index.js';
import { metadataOf, nameOf, selectorOf, type Component } from './names.js';

/** One pod of a component at a time. A pod that is not ready anyway never blocks a drain. */
export const disruptionBudget = (chart: TemplateChart, component: Component) =>
  new Manifest<V1PodDisruptionBudget>(chart, `${component}-pdb`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(nameOf(component), component),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(component) },
    },
  });
