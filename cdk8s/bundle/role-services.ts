import type { V1Service } from '@kubernetes/client-node';
import { Manifest, type TemplateChart } from '../template/index.js';
import { oneFamily } from './data-services.js';
import { metadataOf, ports, roleSelectorOf } from './names.js';

/**
 * One address for clients that do not speak with Sentinels: it leads to the pods that the agent has labelled with the role.
 * A selector and no Endpoints of our own, so that `kubectl port-forward` works and no apply undoes anything.
 */
export const roleService = (chart: TemplateChart, role: 'primary' | 'replica', name: string) =>
  new Manifest<V1Service>(chart, `redis-${role}-service`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(name, 'redis'),
    spec: {
      ...oneFamily,
      selector: roleSelectorOf(role),
      ports: [{ name: 'redis', port: ports.redis, targetPort: 'redis' }],
    },
  });
