import { scheduleDefinition } from '../../queue/schedules/definition.js';
import type { Schedules } from '../../queue/schedules/schedules.js';
import { MoorlineError } from '../../resilience/errors.js';
import type { Routes } from '../route-types.js';
import { queueParams } from '../schemas/basics.js';
import { removeAnswer, scheduleList, scheduleListQuery, scheduleParams, scheduleView } from '../schemas/schedule.js';

const path = '/api/v1/queues/:queue/schedules/:name';

export interface ScheduleRouteOptions {
  readonly schedules: Schedules;
  /** Called when a run may be due earlier than before. */
  readonly changed: () => void;
}

/** Jobs that come again. */
export function scheduleRoutes(server: Routes, { schedules, changed }: ScheduleRouteOptions): void {
  server.put(
    path,
    {
      schema: { params: scheduleParams, body: scheduleDefinition },
      config: {
        scope: 'operate',
        document: {
          summary: 'Make or replace a schedule',
          description:
            'Each run makes one job, whose id is `name@<time of the run>`. Of runs that were missed in an outage the latest one is made up for, once.',
          status: 200,
          answer: scheduleView,
        },
      },
    },
    async (request) => {
      const view = await schedules.put(request.params.queue, request.params.name, request.body);
      changed();
      return view;
    },
  );

  server.get(
    path,
    {
      schema: { params: scheduleParams },
      config: {
        scope: 'read',
        document: { summary: 'A schedule and its next run', status: 200, answer: scheduleView },
      },
    },
    async (request) => {
      const { queue, name } = request.params;
      const view = await schedules.get(queue, name);
      if (view === undefined) throw noSuch(queue, name);
      return view;
    },
  );

  server.delete(
    path,
    {
      schema: { params: scheduleParams },
      config: {
        scope: 'operate',
        document: {
          summary: 'Delete a schedule; jobs that it has made stay',
          status: 200,
          answer: removeAnswer,
        },
      },
    },
    async (request) => {
      const { queue, name } = request.params;
      if (!(await schedules.remove(queue, name))) throw noSuch(queue, name);
      return { queue, name, removed: true };
    },
  );

  server.get(
    '/api/v1/queues/:queue/schedules',
    {
      schema: { params: queueParams, querystring: scheduleListQuery },
      config: {
        scope: 'read',
        document: { summary: 'Schedules of a queue, by name', status: 200, answer: scheduleList },
      },
    },
    (request) => {
      const { limit = 100, cursor } = request.query;
      return schedules.list(request.params.queue, { limit, cursor });
    },
  );
}

const noSuch = (queue: string, name: string): MoorlineError =>
  new MoorlineError('not_found', `Queue ${queue} has no schedule ${name}`);
