import { z } from 'zod';
import { agent } from './agent.js';
import { auth } from './auth.js';
import { common } from './common.js';
import { external } from './external.js';
import { gateway } from './gateway.js';
import { helmTest } from './helm-test.js';
import { networkPolicy } from './network-policy.js';
import { redis } from './redis.js';
import { sentinel } from './sentinel.js';
import { tls } from './tls.js';
import { worker } from './worker.js';

/** Everything a user may configure: the one source of types, values.yaml, values.schema.json, the table in the README and test cases. */
export const Values = z.strictObject({
  ...common,
  auth,
  tls,
  external,
  redis,
  sentinel,
  gateway,
  worker,
  agent,
  networkPolicy,
  helmTest,
});
export type Values = z.output<typeof Values>;

export const defaults: Values = Values.parse({});

/** Helm validates after it merged the defaults in, hence the schema of the output: every property required, none unknown. */
export const schema = z.toJSONSchema(Values, { target: 'draft-7', io: 'output' });
