import type { V1Volume } from '@kubernetes/client-node';
import type { Templated } from '../template/index.js';

// The token of a ServiceAccount, for the containers that need one: no pod gets it by itself.

export const tokenMount = {
  name: 'token',
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

export const tokenVolume: Templated<V1Volume> = {
  name: 'token',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
};
