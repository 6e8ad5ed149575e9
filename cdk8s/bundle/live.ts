import type { V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { environmentNames } from '../../app/config/index.js';
import { join, mul, when, type ListItem } from '../template/index.js';
import { v } from './inputs.js';
import { paths, secretMode } from './paths.js';

// What a gateway is told about streams, topics and those who follow them.

const { live } = v.gateway;
const { hmac, jwks, audience, issuer } = live.jwt;

const env: ListItem<V1EnvVar>[] = [
  { name: environmentNames.MOORLINE_STREAM_KEEP_MS, value: `${mul(live.streamKeepSeconds, 1000)}` },
  { name: environmentNames.MOORLINE_STREAM_ENDED_KEEP_MS, value: `${mul(live.streamEndedKeepSeconds, 1000)}` },
  { name: environmentNames.MOORLINE_MAX_WEBSOCKETS, value: `${live.maxWebSockets}` },
  { name: environmentNames.MOORLINE_MAX_WEBSOCKETS_PER_ADDRESS, value: `${live.maxWebSocketsPerAddress}` },
  when(live.recoverableTopics, {
    name: environmentNames.MOORLINE_RECOVERABLE_TOPICS,
    value: join(live.recoverableTopics, ','),
  }),
  when(live.allowedOrigins, {
    name: environmentNames.MOORLINE_ALLOWED_ORIGINS,
    value: join(live.allowedOrigins, ','),
  }),
  when(hmac.existingSecret, {
    name: environmentNames.MOORLINE_JWT_SECRET_FILE,
    value: `${paths.jwtSecret}/${hmac.key}`,
  }),
  when(jwks.existingSecret, { name: environmentNames.MOORLINE_JWKS_FILE, value: `${paths.jwks}/${jwks.key}` }),
  when(audience, { name: environmentNames.MOORLINE_JWT_AUDIENCE, value: `${audience}` }),
  when(issuer, { name: environmentNames.MOORLINE_JWT_ISSUER, value: `${issuer}` }),
];

const mounts: ListItem<V1VolumeMount>[] = [
  when(hmac.existingSecret, { name: 'jwt-secret', mountPath: paths.jwtSecret, readOnly: true }),
  when(jwks.existingSecret, { name: 'jwks', mountPath: paths.jwks, readOnly: true }),
];

const volumes: ListItem<V1Volume>[] = [
  when(hmac.existingSecret, {
    name: 'jwt-secret',
    secret: {
      secretName: hmac.existingSecret,
      defaultMode: secretMode,
      items: [{ key: hmac.key, path: hmac.key }],
    },
  }),
  when(jwks.existingSecret, {
    name: 'jwks',
    secret: { secretName: jwks.existingSecret, defaultMode: secretMode, items: [{ key: jwks.key, path: jwks.key }] },
  }),
];

export const liveMessaging = { env, mounts, volumes };
