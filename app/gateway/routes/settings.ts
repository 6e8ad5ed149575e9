import type { Queues } from '../../queue/types.js';
import { queueSettings } from '../../queue/settings.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import { settingsView } from '../schemas/queue.js';

/** What a queue is told once and for all its jobs. */
export function settingsRoutes(server: Routes, { queues }: { readonly queues: Queues }): void {
  server.get(
    '/api/v1/queues/:queue/settings',
    {
      schema: { params: queueParams },
      config: { scope: 'read', document: { summary: 'Settings of a queue', status: 200, answer: settingsView } },
    },
    (request) => queues.settings(request.params.queue),
  );

  server.put(
    '/api/v1/queues/:queue/settings',
    {
      schema: { params: queueParams, body: queueSettings },
      config: {
        scope: 'operate',
        document: {
          summary: 'Replace the settings of a queue',
          description: 'As a whole: what is left out goes back to its default.',
          status: 200,
          answer: settingsView,
        },
      },
    },
    (request) => queues.configure(request.params.queue, request.body),
  );
}
