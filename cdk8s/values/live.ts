import { z } from 'zod';
import { secretName } from './fields.js';

const keepSeconds = (seconds: number) =>
  z
    .int()
    .min(1)
    .max(7 * 86_400)
    .default(seconds);
const connections = z.int().min(1).max(1_000_000).default(20_000);
/** One line without blanks. */
const word = z
  .string()
  .regex(/^[!-~]*$/)
  .max(200)
  .default('');
const signer = (key: string, what: string) =>
  z
    .strictObject({
      existingSecret: secretName.default('').describe(`Secret with ${what}; empty: no such tokens are taken.`),
      key: z
        .string()
        .regex(/^[A-Za-z0-9._-]+$/)
        .max(253)
        .default(key)
        .describe('Its key.'),
    })
    .prefault({});

/** Streams, topics and those who follow them. */
export const live = z
  .strictObject({
    streamKeepSeconds: keepSeconds(3600).describe('How long a stream is kept after its last chunk.'),
    streamEndedKeepSeconds: keepSeconds(120).describe('How long a stream is kept after its end.'),
    recoverableTopics: z
      .array(
        z
          .string()
          .regex(/^(\*\*|([A-Za-z0-9_-]+|\*)([.:]([A-Za-z0-9_-]+|\*))*([.:]\*\*)?)$/)
          .max(200),
      )
      .default([])
      .describe(
        'Topics that keep their messages as streams do, for those who come back; `orders.*` and `orders.**` name several.',
      ),
    allowedOrigins: z
      .array(
        z
          .string()
          .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+$/)
          .max(300),
      )
      .default([])
      .describe('Origins whose pages may open WebSockets, as `https://app.example.com`; none: all.'),
    maxWebSockets: connections.describe('The most WebSockets of one gateway.'),
    maxWebSocketsPerAddress: connections.describe('The most from one address, which may be that of a proxy.'),
    jwt: z
      .strictObject({
        hmac: signer('jwt-secret', 'the secret that signs JSON Web Tokens (HS256)'),
        jwks: signer('jwks.json', 'the JWK set whose keys sign them (RS256, ES256), which may change later'),
        audience: word.describe('What such a token must have as `aud`; empty: not looked at.'),
        issuer: word.describe('What it must have as `iss`; empty: not looked at.'),
      })
      .prefault({}),
  })
  .prefault({});
