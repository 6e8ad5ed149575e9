import type { Construct } from 'constructs';
import { TemplateChart, type Context } from '../template/index.js';
import { refusals } from '../checks.js';
import { addAgent } from './agent.js';
import { addAutoscaling } from './autoscaling.js';
import { addConnection } from './connection.js';
import { addExposure } from './exposure.js';
import { addCertificates } from './certificates.js';
import { addExtraObjects } from './extra-objects.js';
import { addGateway } from './gateway.js';
import { addNetworkPolicies } from './network.js';
import { addRedis } from './redis.js';
import { addScripts } from './scripts.js';
import { addSecrets, addServiceAccounts } from './secrets.js';
import { addSentinel } from './sentinel.js';
import { addWorker } from './worker.js';

/** The whole bundle: one definition for manifests, chart and local processes. */
export class Bundle extends TemplateChart {
  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id, context, Object.values(refusals).flat());
    addServiceAccounts(this);
    addSecrets(this);
    addCertificates(this);
    addScripts(this);
    addRedis(this);
    addSentinel(this);
    addGateway(this);
    addExposure(this);
    addWorker(this);
    addAgent(this);
    addAutoscaling(this);
    addNetworkPolicies(this);
    addConnection(this);
    addExtraObjects(this);
  }
}
