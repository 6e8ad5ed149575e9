import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  EventsV1Api,
  KubeConfig,
  PatchStrategy,
  ServerConfiguration,
  setHeaderOptions,
  type Middleware,
} from '@kubernetes/client-node';

/** The API server on a node that was lost never answers. */
const requestTimeoutMs = 4_000;

export interface KubernetesApi {
  readonly core: CoreV1Api;
  readonly coordination: CoordinationV1Api;
  readonly events: EventsV1Api;
}

/** Of the cluster that this pod runs in, with the rights of its ServiceAccount; every request has a deadline. */
export function connectKubernetes(): KubernetesApi {
  const config = new KubeConfig();
  config.loadFromCluster();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('expected to run in a pod of Kubernetes, found no API server');
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [deadline],
  });
  return {
    core: new CoreV1Api(configuration),
    coordination: new CoordinationV1Api(configuration),
    events: new EventsV1Api(configuration),
  };
}

const deadline: Middleware = {
  pre: (request) => {
    request.setSignal(AbortSignal.timeout(requestTimeoutMs));
    return Promise.resolve(request);
  },
  post: (response) => Promise.resolve(response),
};

export const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** The status of a refusal by the API server; undefined for every other error. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

/** `what` names the object and the verb. Without the body and headers that the client puts into its messages. */
export function explain(error: unknown, what: string): Error {
  const status = statusOf(error);
  const reason =
    status === undefined
      ? `the Kubernetes API cannot be reached: ${(error as Error).message}`
      : `the API answers ${status}`;
  const hint = status === undefined ? undefined : hints[status];
  return new Error(`${what}: ${hint ?? reason}`);
}

const hints: Readonly<Record<number, string>> = {
  401: 'the token of the ServiceAccount is not accepted (401)',
  403: 'the ServiceAccount may not do that (403); the Role of the agent is not the one of the chart',
  404: 'it does not exist (404); the chart makes it, apply it again',
};
