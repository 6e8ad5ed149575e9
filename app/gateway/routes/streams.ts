import type { FastifyRequest } from 'fastify';
import { decideStart, readFrom } from '../../streams/start.js';
import type { Streams } from '../../streams/streams.js';
import type { Position } from '../../streams/types.js';
import type { EventStreams } from '../live/event-streams.js';
import type { Routes } from '../route-types.js';
import { historyAnswer, publishAnswer, publishBody, streamParams, streamQuery } from '../schemas/stream.js';

export interface StreamRouteOptions {
  readonly streams: Streams;
  readonly eventStreams: EventStreams;
}

/** Chunks come in, and go out to whoever follows. */
export function streamRoutes(server: Routes, { streams, eventStreams }: StreamRouteOptions): void {
  server.post(
    '/api/v1/streams/:stream/chunks',
    {
      schema: { params: streamParams, body: publishBody },
      config: {
        scope: 'produce',
        document: {
          summary: 'Publish chunks, or the end of a stream',
          description:
            'Nobody needs to listen yet: whoever comes while the stream is kept gets all of it. The answer is the position after the last chunk.',
          status: 202,
          answer: publishAnswer,
        },
      },
    },
    async (request, reply) => {
      const { chunks = [], ...options } = request.body;
      return reply.code(202).send(await streams.publish(request.params.stream, chunks, options));
    },
  );

  server.get(
    '/api/v1/streams/:stream',
    {
      schema: { params: streamParams, querystring: streamQuery },
      config: {
        scope: 'read',
        document: {
          summary: 'Follow a stream as text/event-stream, or read its history as JSON',
          description:
            'Events have the id `<epoch>:<offset>`, and `Last-Event-ID` goes on after it. First comes an event `subscribed` with `recovered`, ' +
            'at last an event `end`. JSON holds as many chunks as one read brings: go on from the last one.',
          status: 200,
          answer: historyAnswer,
        },
      },
    },
    async (request, reply) => {
      const { stream } = request.params;
      const { position: wanted, isReturning } = positionOf(request, request.query);
      if (request.headers.accept?.includes('text/event-stream') === true) {
        await eventStreams.answer(reply, { streams, stream, wanted, isReturning });
        return reply;
      }
      const json = await historyJson(streams, stream, wanted);
      return reply.type('application/json; charset=utf-8').send(json);
    },
  );
}

/** What the browser remembers of the last event counts more than what the page asked for at first. */
function positionOf(
  { headers }: FastifyRequest,
  { offset = 0, epoch = '' }: { readonly offset?: number; readonly epoch?: string },
): { readonly position: Position; readonly isReturning: boolean } {
  const last = /^([A-Za-z0-9]*):(\d{1,15})$/.exec(String(headers['last-event-id'] ?? ''));
  if (last === null) return { position: { epoch, offset }, isReturning: false };
  return { position: { epoch: last[1] ?? '', offset: Number(last[2]) }, isReturning: true };
}

/** Chunks are JSON texts already. */
async function historyJson(streams: Streams, stream: string, wanted: Position): Promise<string> {
  let page = await streams.history(stream, wanted.offset);
  const from = readFrom(wanted, page.state);
  if (from !== wanted.offset) page = await streams.history(stream, from);
  const { state, chunks } = page;
  const { position, recovered } = decideStart(wanted, state, chunks[0]?.offset);
  const list = chunks.map(({ offset, json }) => `{"offset":${offset},"data":${json.toString()}}`);
  const last = chunks.at(-1)?.offset ?? position.offset;
  const head = JSON.stringify({
    stream,
    epoch: state.epoch,
    offset: last,
    recovered,
    ended: state.ended && last >= state.offset,
  });
  return `${head.slice(0, -1)},"chunks":[${list.join(',')}]}`;
}
