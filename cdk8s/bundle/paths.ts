/** Where things are mounted in the pods; cdk8s/local puts directories of this machine in their place. */
export const paths = {
  config: '/etc/moorline/config',
  scripts: '/etc/moorline/scripts',
  secrets: '/etc/moorline/secrets',
  tokens: '/etc/moorline/tokens',
  redisTls: '/etc/moorline/redis-tls',
  gatewayTls: '/etc/moorline/gateway-tls',
  jwtSecret: '/etc/moorline/jwt-secret',
  jwks: '/etc/moorline/jwks',
  externalSecrets: '/etc/moorline/external-secrets',
  handlers: '/etc/moorline/handlers',
  topology: '/etc/moorline/topology',
  data: '/data',
  run: '/run/moorline',
} as const;

export const secretKeys = {
  redisPassword: 'redis-password',
  sentinelPassword: 'sentinel-password',
  gatewayToken: 'gateway-token',
  appPassword: 'redis-app-password',
  replicationPassword: 'redis-replication-password',
  exporterPassword: 'redis-exporter-password',
} as const;

/** Of a Secret: tokens of the gateway with scopes, one a line. Nobody makes it but the user. */
export const tokensKey = 'gateway-tokens';

/** Of each Secret with a certificate: as cert-manager calls them. */
export const tlsKeys = { certificate: 'tls.crt', key: 'tls.key', authority: 'ca.crt' } as const;

/** Secret files: readable by the group of the pod, by nobody else. */
export const secretMode = 0o440;
