import type { Streams } from '../../streams/streams.js';
import type { EventStreams } from '../live/event-streams.js';
import { historyJson, positionOf } from '../live/positions.js';
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
        await eventStreams.answer(reply, {
          follow: (onNews) => streams.subscribe(stream, wanted, onNews),
          isReturning,
        });
        return reply;
      }
      const json = await historyJson({ stream }, (offset) => streams.history(stream, offset), wanted);
      return reply.type('application/json; charset=utf-8').send(json);
    },
  );
}
