import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { includeWhen, Manifest, spreadFields, type TemplateChart } from '../template/index.js';
import { v } from './inputs.js';
import { metadataOf, nameOf } from './names.js';

const { autoscaling } = v.worker;

/** As many workers as the oldest job asks for. Its age counts, not the length of the line: a long line of short jobs is no reason. */
export const addAutoscaling = (chart: TemplateChart): void => {
  includeWhen(workerAutoscaler(chart), autoscaling.enabled);
};

const workerAutoscaler = (chart: TemplateChart) =>
  new Manifest<V2HorizontalPodAutoscaler>(chart, 'worker-hpa', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(nameOf('worker'), 'worker'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf('worker') },
      minReplicas: autoscaling.minReplicas,
      maxReplicas: autoscaling.maxReplicas,
      metrics: [
        {
          type: 'External',
          external: {
            metric: {
              name: autoscaling.metric.name,
              selector: { matchLabels: { ...spreadFields(autoscaling.metric.labels) } },
            },
            target: { type: 'Value', value: `${autoscaling.oldestJobSeconds}` },
          },
        },
      ],
    },
  });
