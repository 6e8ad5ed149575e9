import type { Dispatcher } from '../../dispatch/dispatcher.js';
import { MoorlineError } from '../../resilience/errors.js';
import { splice, taskViewJson } from '../job-json.js';
import type { Routes } from '../route-types.js';
import { cancelAnswer, jobView } from '../schemas/queue.js';
import { askBody, taskAnswer, taskParams, taskQuery } from '../schemas/task.js';
import { WaitingClaims } from '../waiting-claims.js';

/** Tasks are asked, and answered in the same request. */
export function taskRoutes(server: Routes, { dispatcher }: { readonly dispatcher: Dispatcher }): void {
  // Those that wait when the process stops are ended by the dispatcher: they may be answered in time.
  const waiting = new WaitingClaims(new AbortController().signal);

  server.post(
    '/api/v1/tasks',
    {
      schema: { body: askBody },
      config: {
        scope: 'produce',
        document: {
          summary: 'Ask a task and wait for its answer',
          description:
            'A task is a job of the queue: whoever claims that does it, and the settlement is the answer. 504 `deadline_exceeded` when none came in time: ' +
            'then the task is cancelled. 502 `task_failed` tells the failure. With `wait: false` the answer is 202 and the id. ' +
            'When the connection ends the task is cancelled, unless it has an id of the caller: then he may ask again.',
          status: 200,
          answer: taskAnswer,
        },
      },
    },
    async (request, reply) => {
      const { queue, data, wait = true, reply: way, ...options } = request.body;
      if (!wait) return reply.code(202).send(await dispatcher.start(queue, data, options));
      const { id, resultJson = 'null' } = await waiting.run(reply, (signal) =>
        dispatcher.ask(queue, data, { ...options, reply: way, signal }),
      );
      return reply.type('application/json; charset=utf-8').send(splice({ id }, { result: resultJson }));
    },
  );

  server.get(
    '/api/v1/tasks/:id',
    {
      schema: { params: taskParams, querystring: taskQuery },
      config: {
        scope: 'read',
        document: {
          summary: 'Where a task is, whoever asked it, and its answer',
          description: 'Answers are kept as long as results of jobs are (doneWindowMs).',
          status: 200,
          answer: jobView,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const view = await waiting.run(reply, (signal) => dispatcher.get(id, { ...request.query, signal }));
      if (view === undefined) throw unknownTask(id);
      return reply.type('application/json; charset=utf-8').send(taskViewJson(view));
    },
  );

  server.delete(
    '/api/v1/tasks/:id',
    {
      schema: { params: taskParams },
      config: {
        scope: 'produce',
        document: {
          summary: 'Cancel a task',
          description:
            'Whoever waits for it hears at once (409 `task_cancelled`). A worker that has it is told; however it settles the task then, it is cancelled.',
          status: 200,
          answer: cancelAnswer,
        },
      },
    },
    (request) => dispatcher.cancel(request.params.id),
  );
}

const unknownTask = (id: string): MoorlineError =>
  new MoorlineError(
    'not_found',
    `There is no task ${id}: there never was one, or it was over longer ago than is remembered`,
  );
