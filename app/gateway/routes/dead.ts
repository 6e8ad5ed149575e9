import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { DeadSelection, Queues } from '../../queue/types.js';
import { deadJobsJson, splice } from '../job-json.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import {
  auditQuery,
  deadAudit,
  deadGroups,
  deadPage,
  deadQuery,
  deadSelection,
  groupsQuery,
  purgeAnswer,
  replayAnswer,
} from '../schemas/dead.js';

/** Dead letters: looking at them, giving them another chance, letting them go. */
export function deadRoutes(server: Routes, { queues }: { readonly queues: Queues }): void {
  server.get(
    '/api/v1/queues/:queue/dead',
    {
      schema: { params: queueParams, querystring: deadQuery },
      config: { scope: 'read', document: { summary: 'Dead letters with their errors', status: 200, answer: deadPage } },
    },
    async (request, reply) => {
      const { limit = 50, ...filter } = request.query;
      const { jobs, ...rest } = await queues.dead(request.params.queue, { limit, ...filter });
      return reply.type('application/json; charset=utf-8').send(splice(rest, { jobs: deadJobsJson(jobs) }));
    },
  );

  server.get(
    '/api/v1/queues/:queue/dead/groups',
    {
      schema: { params: queueParams, querystring: groupsQuery },
      config: {
        scope: 'read',
        document: { summary: 'Dead letters by what they died of, the most first', status: 200, answer: deadGroups },
      },
    },
    (request) => queues.deadGroups(request.params.queue, request.query.limit ?? 50),
  );

  server.get(
    '/api/v1/queues/:queue/dead/audit',
    {
      schema: { params: queueParams, querystring: auditQuery },
      config: {
        scope: 'read',
        document: {
          summary: 'Who replayed or purged dead letters, the last one first',
          status: 200,
          answer: deadAudit,
        },
      },
    },
    async (request) => ({ entries: await queues.deadAudit(request.params.queue, request.query.limit ?? 50) }),
  );

  server.post(
    '/api/v1/queues/:queue/dead/replay',
    {
      schema: { params: queueParams, body: deadSelection },
      config: {
        scope: 'operate',
        document: { summary: 'Make dead letters ready again, as if new', status: 200, answer: replayAnswer },
      },
    },
    (request) =>
      queues.replay(request.params.queue, selectionOf(request.body), { ...request.body, by: clientOf(request) }),
  );

  server.post(
    '/api/v1/queues/:queue/dead/purge',
    {
      schema: { params: queueParams, body: deadSelection },
      config: { scope: 'operate', document: { summary: 'Delete dead letters', status: 200, answer: purgeAnswer } },
    },
    (request) =>
      queues.purge(request.params.queue, selectionOf(request.body), { ...request.body, by: clientOf(request) }),
  );
}

/** The schema has seen to it that exactly one of ids, fingerprint and all is given. */
function selectionOf({
  ids,
  fingerprint,
  reason,
  olderThanMs,
  newerThanMs,
}: z.output<typeof deadSelection>): DeadSelection {
  if (ids !== undefined) return { ids };
  const narrowing = { reason, olderThanMs, newerThanMs };
  return fingerprint === undefined ? { all: true, ...narrowing } : { fingerprint, ...narrowing };
}

/** For the audit: the name of the token, never the token. */
const clientOf = ({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): string => `${caller} at ${ip}`;
