import {
  addressMap,
  hostPorts,
  identifier,
  oneOf,
  redisUri,
  seconds,
  secret,
  text,
  url,
  urlsByName,
  topicPatterns,
  words,
  wholeNumber,
  wholeNumberOrAuto,
  withDefault,
} from './variable.js';

/** Every environment variable that Moorline reads: the one table behind the configuration, its errors and its documentation. */
export const environment = {
  REDIS_URI: redisUri(
    'Where Redis is: one server, the Sentinels and the name of the primary, or nodes of a Redis Cluster. Required.',
  ),
  REDIS_USER: text('User of Redis, where REDIS_URI names none. Default: the default user.'),
  REDIS_PASSWORD: secret('Password of Redis. A file is read at each connect.'),
  SENTINEL_PASSWORD: secret('Password of the Sentinels. A file is read at each connect.'),
  REDIS_TLS_CA_FILE: text('PEM file of the authority that signed the certificates of Redis. Default: that of Node.'),
  REDIS_TLS_CERT_FILE: text('PEM file of the certificate that Redis asks of its clients.'),
  REDIS_TLS_KEY_FILE: text('PEM file of the key of that certificate.'),
  REDIS_TLS_SERVERNAME: text('The name that the certificates carry, where it is not the host of the address.'),
  REDIS_ADDRESS_MAP: addressMap(
    'Where servers are reached that Sentinel or Redis Cluster name by other addresses, as `10.92.0.5:6379=127.0.0.1:16379`, separated by commas; `moorline port-forward` sets it.',
  ),
  REDIS_MAX_CONNECTIONS: withDefault('50', wholeNumber('The most connections of one gateway process.', 1, 10_000)),
  WORKER_REDIS_MAX_CONNECTIONS: withDefault(
    '30',
    wholeNumber('The most connections of one worker process.', 1, 10_000),
  ),
  REDIS_SOCKET_TIMEOUT: withDefault(
    '8',
    seconds('Gateway: a connection that is owed a reply and gets no byte for so long is dropped.', 1, 300),
  ),
  WORKER_REDIS_SOCKET_TIMEOUT: withDefault('8', seconds('Worker: the same.', 1, 300)),
  WORKER_REDIS_BLOCKING_TIMEOUT: withDefault(
    '10',
    seconds('How long one call waits for a sign of new jobs; then it looks by itself.', 0.1, 60),
  ),
  REDIS_HEALTH_CHECK_INTERVAL: withDefault(
    '30',
    seconds(
      'How often a write is tried, for `/readyz`, and connections that say nothing are asked whether they are there.',
      1,
      3600,
    ),
  ),

  SERVER_ID: identifier(
    'Unique name of this process. In Kubernetes required: `metadata.uid` by the downward API. Default: made of host, process and chance.',
  ),
  POD_NAME: identifier('Name of the pod, for people: connection names and logs. Default: the host name.'),
  POD_NAMESPACE: identifier('Namespace of the pod.'),
  NODE_NAME: identifier('Node of the pod.'),
  CPU_LIMIT_MILLICORES: wholeNumber('CPU limit of the container, by `resourceFieldRef`.', 1, 1_000_000),
  MEMORY_LIMIT_BYTES: wholeNumber('Memory limit of the container, by `resourceFieldRef`.', 1, 2 ** 50),

  MOORLINE_HOST: withDefault('0.0.0.0', text('Address to listen on; `::` for IPv6 and IPv4.')),
  MOORLINE_PORT: withDefault('8080', wholeNumber('Port to listen on; 0 lets the system choose.', 0, 65_535)),
  MOORLINE_TOKEN: secret('Bearer token that requests must carry; it may do everything. Default: none is asked for.'),
  MOORLINE_TOKENS_FILE: text(
    'File of more tokens, each with a name and scopes, read again when it changes: see docs/security.md.',
  ),
  MOORLINE_TLS_CERT_FILE: text('Gateway: PEM file of its certificate; with it, it speaks HTTPS and nothing else.'),
  MOORLINE_TLS_KEY_FILE: text('Gateway: PEM file of the key of that certificate.'),
  MOORLINE_LOG_LEVEL: withDefault(
    'info',
    oneOf('What is logged.', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  ),
  MOORLINE_MAX_BODY_BYTES: withDefault(
    '16777216',
    wholeNumber('The largest body of a request.', 1024, 256 * 1024 * 1024),
  ),
  MOORLINE_DONE_WINDOW_MS: withDefault(
    '300000',
    wholeNumber(
      'How long at least results of finished jobs are kept and their ids refused as duplicates.',
      1000,
      7 * 86_400_000,
    ),
  ),
  MOORLINE_WAIT_REPLICAS_TIMEOUT_MS: withDefault(
    '2000',
    wholeNumber('How long a write waits until a replica has it, before it is called unconfirmed.', 1, 60_000),
  ),
  MOORLINE_STREAM_KEEP_MS: withDefault(
    '3600000',
    wholeNumber('Gateway: how long a stream is kept after its last chunk.', 1_000, 7 * 86_400_000),
  ),
  MOORLINE_STREAM_ENDED_KEEP_MS: withDefault(
    '120000',
    wholeNumber('Gateway: how long a stream is kept after its end.', 1_000, 7 * 86_400_000),
  ),
  MOORLINE_RECOVERABLE_TOPICS: topicPatterns(
    'Gateway: topics that keep their messages as streams do, for those who come back; `orders.*` and `orders.**` name several. Default: none.',
  ),
  MOORLINE_JWT_SECRET: secret('Gateway: the secret that signs JSON Web Tokens (HS256) of those who follow streams.'),
  MOORLINE_JWKS_FILE: text('Gateway: file of the JWK set whose keys sign them (RS256, ES256).'),
  MOORLINE_JWT_AUDIENCE: text('Gateway: what such a token must have as `aud`. Default: not looked at.'),
  MOORLINE_JWT_ISSUER: text('Gateway: what it must have as `iss`. Default: not looked at.'),
  MOORLINE_ALLOWED_ORIGINS: words('Gateway: origins whose pages may open WebSockets. Default: all.'),
  MOORLINE_MAX_WEBSOCKETS: withDefault('20000', wholeNumber('Gateway: the most WebSockets.', 1, 1_000_000)),
  MOORLINE_MAX_WEBSOCKETS_PER_ADDRESS: withDefault(
    '20000',
    wholeNumber('Gateway: the most from one address, which may be that of a proxy.', 1, 1_000_000),
  ),
  MOORLINE_SHUTDOWN_GRACE_MS: withDefault(
    '20000',
    wholeNumber('How long a stopping process waits for what it has begun.', 0, 3_600_000),
  ),
  MOORLINE_DRAIN_MS: withDefault(
    '0',
    wholeNumber(
      'Gateway: how long it goes on serving when it is told to stop, until nobody sends requests here any more.',
      0,
      3_600_000,
    ),
  ),
  MOORLINE_WORKER_HANDLERS: text('Worker: path of an ES module that exports the handlers by queue.'),
  MOORLINE_WORKER_PUSH: urlsByName('Worker: queue -> URL that gets its jobs by POST.'),
  MOORLINE_WORKER_CONCURRENCY: withDefault(
    '32',
    wholeNumberOrAuto('Worker: jobs at the same time; auto finds as many as the process can bear.', 1, 10_000),
  ),
  MOORLINE_WORKER_MIN_CONCURRENCY: withDefault(
    '1',
    wholeNumber('Worker: no fewer, where MOORLINE_WORKER_CONCURRENCY is auto.', 1, 10_000),
  ),
  MOORLINE_WORKER_MAX_CONCURRENCY: withDefault(
    '512',
    wholeNumber('Worker: no more, where MOORLINE_WORKER_CONCURRENCY is auto.', 1, 10_000),
  ),
  MOORLINE_WORKER_LEASE_MS: withDefault(
    '15000',
    wholeNumber('Worker: a job whose worker is silent for so long is given to another.', 1000, 3_600_000),
  ),
  MOORLINE_WORKER_JOB_TIMEOUT_MS: withDefault(
    '60000',
    wholeNumber('Worker: how long a handler may take, unless the job says otherwise.', 1, 86_400_000),
  ),
  MOORLINE_AGENT_NODES: hostPorts('Agent: the data nodes in the order of their ordinals.'),
  MOORLINE_AGENT_STATEFUL_SET: identifier('Agent: name of the StatefulSet of the data nodes.'),
  MOORLINE_AGENT_LEASE: identifier('Agent: name of the Lease that says which agent acts.'),
  MOORLINE_AGENT_AUTHORITY: text(
    'Agent: the Secret of the authority whose certificates it renews. Default: it renews none.',
  ),
  MOORLINE_AGENT_CERTIFICATES: text(
    'Agent: the Secrets of these certificates and their DNS names, as in `one=a,b two=c`.',
  ),
  MOORLINE_AGENT_TOPOLOGY: identifier('Agent: name of the ConfigMap that records who is primary.'),
  MOORLINE_URL: url('Clients and the command line: where the gateway is.'),
} as const;

export type VariableName = keyof typeof environment;

type SecretName = {
  [Name in VariableName]: Name extends 'MOORLINE_TOKEN' | 'MOORLINE_JWT_SECRET' | `${string}_PASSWORD` ? Name : never;
}[VariableName];

/** A variable's name, or that of the file of a secret: what a manifest may set. */
export type EnvironmentName = VariableName | `${SecretName}_FILE`;

/** Names as constants, for whoever writes manifests: a misspelt one does not compile. */
export const environmentNames = Object.fromEntries(
  Object.entries(environment).flatMap(([name, { secret: isSecret }]: [string, { readonly secret?: true }]) =>
    (isSecret === true ? [name, `${name}_FILE`] : [name]).map((each) => [each, each]),
  ),
) as { readonly [Name in EnvironmentName]: Name };
