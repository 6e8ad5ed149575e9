import { z } from 'zod';
import { deadReasonLetters } from '../../queue/packed.js';
import type { DeadReason } from '../../queue/types.js';
import { limits } from '../../queue/limits.js';
import { anyJson, jobId, listOf, queryNumber, queryText, wholeNumber } from './basics.js';
import { amount, deadError, notes, time } from './queue.js';

const reason = z
  .enum(Object.keys(deadReasonLetters) as [DeadReason, ...DeadReason[]])
  .describe(
    'failed: its last attempt did; rejected: a worker said never again; crashed: it took workers down; invalid: by its schema',
  );
const age = wholeNumber(0, limits.maxDeadAgeMs).optional();

const fingerprint = z.string().min(1).max(200);

export const deadQuery = z.strictObject({
  limit: queryNumber(1, limits.maxDeadPage).describe('Jobs a page; 50 by default'),
  cursor: queryText(2_000).describe('As the page before gave it'),
  fingerprint: queryText(200).describe('Only jobs that died of the same'),
  reason: z.preprocess((text) => (text === '' ? undefined : text), reason.optional()),
  olderThanMs: queryNumber(0, limits.maxDeadAgeMs).describe('Only jobs that died longer ago'),
  newerThanMs: queryNumber(0, limits.maxDeadAgeMs).describe('Only jobs that died since'),
});

export const deadPage = z.strictObject({
  jobs: z.array(
    z
      .strictObject({
        id: jobId,
        fingerprint: fingerprint.describe('Equal for jobs that died of the same'),
        reason,
        errors: z.array(deadError),
        attempts: amount,
        crashes: amount,
        replays: amount.describe('How often it was replayed'),
        priority: amount,
        enqueuedAt: time,
        diedAt: time,
        key: z.string().optional(),
        data: anyJson,
        ...notes,
      })
      .meta({ id: 'DeadJob' }),
  ),
  cursor: z.string().optional().describe('For the next page; absent on the last one'),
});

const narrowing = {
  reason: reason.optional(),
  olderThanMs: age.describe('Those that died longer ago'),
  newerThanMs: age.describe('Those that died since'),
};

/** Which dead letters, and how many of them: exactly one of `ids`, `fingerprint` and `all`; the latter two may be narrowed. */
export const deadSelection = z
  .strictObject({
    ids: listOf(jobId, 1, limits.maxDeadSelection).optional(),
    fingerprint: fingerprint.optional(),
    all: z.literal(true).optional(),
    ...narrowing,
    limit: wholeNumber(1, limits.maxDeadSelection)
      .optional()
      .describe(`${limits.maxDeadSelection} by default; ask again while so many match`),
    ratePerSecond: z.number().min(limits.minRatePerSecond).max(limits.maxRatePerSecond).optional(),
    dryRun: z.boolean().optional().describe('Counts only'),
  })
  .refine(({ ids, fingerprint, all }) => [ids, fingerprint, all].filter((one) => one !== undefined).length === 1, {
    error: 'Expected exactly one of ids, fingerprint and all',
  })
  .refine(({ ids, ...filter }) => ids === undefined || Object.keys(filter).every((name) => !(name in narrowing)), {
    error: 'Expected reason, olderThanMs and newerThanMs beside fingerprint or all, not beside ids',
  })
  .meta({ id: 'DeadSelection' });

export const replayAnswer = z.strictObject({
  matched: amount,
  replayed: amount,
  refused: z
    .array(jobId)
    .optional()
    .describe('Replayed as often as the queue allows already (maxReplays, 10 by default); the first hundred of them'),
});
export const purgeAnswer = z.strictObject({ matched: amount, purged: amount });

export const groupsQuery = z.strictObject({
  limit: queryNumber(1, limits.maxDeadGroups).describe('50 by default'),
});

export const deadGroups = z.strictObject({
  groups: z.array(
    z
      .strictObject({
        fingerprint,
        count: amount,
        firstDiedAt: time,
        lastDiedAt: time,
        sample: z.strictObject({ id: jobId, error: deadError.optional() }).describe('The one that died last'),
      })
      .meta({ id: 'DeadGroup' }),
  ),
  more: z.boolean().describe('There are more than these'),
});

export const auditQuery = z.strictObject({
  limit: queryNumber(1, limits.maxDeadAudit).describe('50 by default'),
});

export const deadAudit = z.strictObject({
  entries: z.array(
    z
      .strictObject({
        at: time,
        by: z.string(),
        action: z.enum(['replay', 'purge']),
        selection: z.looseObject({}).describe('As it was asked for; of ids how many, and the first hundred'),
        matched: amount,
        changed: amount,
        refused: amount.optional(),
        error: z.string().optional().describe('The code of the error that ended it half-way'),
      })
      .meta({ id: 'DeadAuditEntry' }),
  ),
});
