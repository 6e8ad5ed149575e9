import { z } from 'zod';
import { secretName } from './fields.js';

const secretKey = z
  .string()
  .regex(/^[-._a-zA-Z0-9]*$/)
  .max(253);

export const external = z
  .strictObject({
    uri: z
      .string()
      .regex(/^((redis|rediss|redis\+sentinel|rediss\+sentinel):\/\/[!-~]+)?$/)
      .max(2000)
      .default('')
      .describe('`redis://host:6379` or `redis+sentinel://h1:26379,h2:26379/<primary name>`; without a password.'),
    existingSecret: secretName
      .default('')
      .describe('Secret that holds the passwords of that Redis; empty when it has none.'),
    redisPasswordKey: secretKey
      .default('redis-password')
      .describe('Key of the password of Redis; empty when it has none.'),
    sentinelPasswordKey: secretKey.default('').describe('Key of the password of Sentinel; empty when it has none.'),
  })
  .prefault({})
  .describe('A Redis that you run; used with `mode: external`.');
