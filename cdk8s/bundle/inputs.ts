import { and, eq, helper, not, or, values } from '../template/index.js';
import { schema, type Values } from '../values/index.js';

/** The values of the release, as expressions. */
export const v = values<Values>(schema);

export const isSentinelMode = eq(v.mode, 'sentinel');
export const isStandaloneMode = eq(v.mode, 'standalone');
export const isExternalMode = eq(v.mode, 'external');
export const hasAgent = and(isSentinelMode, v.agent.enabled);
/** Does `helm test` move the primary? */
export const hasDrill = and(hasAgent, v.helmTest.failover);

/** Has Redis users of its own for each program? */
const hasUserKeys = or(eq(v.auth.existingSecret, ''), v.auth.acl.inExistingSecret);
export const hasUsers = helper('moorline.hasUsers', and(not(isExternalMode), v.auth.acl.enabled, hasUserKeys));
/** Does the Redis of the bundle speak TLS? */
export const hasGeneratedCertificates = and(v.tls.enabled, eq(v.tls.source, 'generated'));
export const isRedisTls = and(not(isExternalMode), v.tls.enabled);
