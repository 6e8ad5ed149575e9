import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { JobInput } from '../../queue/types.js';
import type { Routes } from '../route-types.js';
import { jobInput, jobList } from '../schemas/job.js';
import { validate } from '../schemas/validate.js';
import { parseJson } from './json.js';
import { NdjsonJobs } from './ndjson.js';
import { readBody } from './read.js';

/** Reads JSON bodies, and nothing else: other types are 415. */
export function acceptJson(server: Routes, maxBytes: number): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const chunks: Buffer[] = [];
    await readBody(payload, request.headers, maxBytes, (chunk) => chunks.push(chunk));
    return parseJson(Buffer.concat(chunks), 'the body');
  });
}

/** Reads newline-delimited jobs as well, in a scope where the handler calls `jobsOf`. */
export function acceptNdjson(server: Routes, maxBytes: number): void {
  server.addContentTypeParser('application/x-ndjson', async (request: FastifyRequest, payload: IncomingMessage) => {
    const jobs = new NdjsonJobs();
    await readBody(payload, request.headers, maxBytes, (chunk) => {
      jobs.add(chunk);
    });
    return jobs;
  });
}

/** The jobs of a body: one, many, or already read line by line. All are valid, or it throws for the first that is not. */
export function jobsOf(body: unknown): readonly JobInput[] {
  if (body instanceof NdjsonJobs) return body.end();
  const many = typeof body === 'object' && body !== null && 'jobs' in body;
  return many ? validate(jobList, body, 'the body').jobs : [validate(jobInput, body, 'the body')];
}
