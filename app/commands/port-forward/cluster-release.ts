import { ApiException, CoreV1Api, KubeConfig, PortForward, type V1Pod } from '@kubernetes/client-node';
import { UnavailableError, UsageError } from '../exit-codes.js';
import { Forwarder, type Destination } from './forwarder.js';
import type { Options } from './index.js';
import type { ReleaseObjects, Target } from './plan.js';

const componentLabel = 'app.kubernetes.io/component';

/** A release as the API server shows it, with the rights of the kubeconfig: get and list pods and Services, get the Secret, forward ports. */
export class ClusterRelease {
  private readonly config = new KubeConfig();
  private readonly api: CoreV1Api;
  private readonly namespace: string;
  private readonly instance: string;

  constructor({ release, namespace, context }: Options) {
    this.config.loadFromDefault();
    if (context !== undefined) this.choose(context);
    const current = this.config.getContextObject(this.config.getCurrentContext());
    this.namespace = namespace ?? current?.namespace ?? 'default';
    this.instance = `app.kubernetes.io/instance=${release}`;
    this.api = this.config.makeApiClient(CoreV1Api);
  }

  async objects(): Promise<ReleaseObjects> {
    const labelSelector = `${this.instance},app.kubernetes.io/part-of=moorline`;
    const [services, pods] = await Promise.all([
      this.api.listNamespacedService({ namespace: this.namespace, labelSelector }).catch(explained),
      this.pods(),
    ]);
    return { services: services.items, pods };
  }

  async secret(name: string): Promise<Readonly<Record<string, Buffer>>> {
    const { data = {} } = await this.api.readNamespacedSecret({ name, namespace: this.namespace }).catch(explained);
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  }

  forward(target: Target, onError: (error: Error) => void): Promise<Forwarder> {
    return Forwarder.open(new PortForward(this.config), this.namespace, () => this.destinationOf(target), onError);
  }

  /** The pods of Sentinel and Redis keep their names, those of the gateway come and go. */
  private async destinationOf({ component, pod, port, name }: Target): Promise<Destination> {
    if (pod !== undefined) return { pod, port };
    const ready = (await this.pods(component)).find(isReady)?.metadata?.name;
    if (ready === undefined) throw new UnavailableError(`No pod behind ${name} is ready`);
    return { pod: ready, port };
  }

  private async pods(component?: string): Promise<readonly V1Pod[]> {
    const labelSelector = component === undefined ? this.instance : `${this.instance},${componentLabel}=${component}`;
    return (await this.api.listNamespacedPod({ namespace: this.namespace, labelSelector }).catch(explained)).items;
  }

  private choose(context: string): void {
    if (this.config.getContextObject(context) === null)
      throw new UsageError(`The kubeconfig has no context ${context}`);
    this.config.setCurrentContext(context);
  }
}

const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;

/** Without the body and headers that the client puts into its message. */
function explained(error: unknown): never {
  if (!(error instanceof ApiException)) {
    throw new UnavailableError(`The API server cannot be reached: ${(error as Error).message.split('\n', 1).join()}`);
  }
  const { code } = error;
  if (code === 403) throw new UsageError('The kubeconfig may not get and list pods, Services and Secrets (403)');
  throw new UnavailableError(`The API server answered ${code}; do --context and -n name the right place?`);
}
