import { relative } from 'node:path';
import type { Connection } from './env-file.js';
import type { Home } from './home.js';
import type { LocalProcess } from './plan/plan.js';

export interface Outcome {
  readonly home: Home;
  readonly processes: readonly LocalProcess[];
  readonly connection: Connection;
  readonly seconds: number;
  readonly wasUp: boolean;
}

/** What `up` prints at its end: where everything is, and what to try next. */
export function summary({ home, processes, connection, seconds, wasUp }: Outcome): string {
  const directory = shortest(home.root);
  const headline = wasUp ? 'Moorline is up already.' : `Moorline is up, after ${seconds.toFixed(1)} s.`;
  return `
${headline}

  gateway    ${connection.MOORLINE_URL}
  Redis      ${connection.REDIS_URI}
  processes  ${processes.map(({ name, port }) => `${name} :${port}`).join('  ')}
  files      ${directory}/env (addresses and secrets), ${directory}/log, ${directory}/pids

Try next:

  put a job of your own through:
    . ${directory}/env; curl -s "$MOORLINE_URL/api/v1/queues/checksum/jobs" -H "authorization: Bearer $MOORLINE_TOKEN" \\
      -H 'content-type: application/json' -d '{ "data": { "path": "'$PWD'/README.md" } }'
  kill a Redis and see another one take over:
    kill -9 $(cat ${directory}/pids/redis-0); make status
  checksum every file under node_modules:
    make demo

Stop it with: make down
`;
}

function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
