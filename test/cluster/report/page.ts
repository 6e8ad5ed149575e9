import type { Result } from '../runner.js';
import { scenarios } from '../scenarios/index.js';
import { seconds } from './people.js';
import { type Row, rowsOf } from './rows.js';

export interface Conditions {
  readonly date: string;
  readonly kubernetes: string;
}

/** docs/reliability.md: how it was found out, and a line a scenario. @param before the page until now, of which lines stay. */
export function pageOf(results: readonly Result[], conditions: Conditions, before: string): string {
  const lines = new Map([...before.matchAll(/^\| `([\w-]+)`.*$/gm)].map(([line, name = '']) => [name, line] as const));
  for (const row of rowsOf(results)) lines.set(row.scenario.name, lineOf(row, conditions));
  return [
    '# Reliability on a real cluster',
    'Written by `make e2e ARGS="--save"`; do not edit.',
    method,
    [head, head.replace(/[^|]+/g, ' --- '), ...scenarios.flatMap(({ name }) => lines.get(name) ?? [])].join('\n'),
  ].join('\n\n');
}

const method = `Each scenario happens to a release in Kubernetes while clients work on every node: two producers, which send the same ids again until
they are acknowledged, one consumer that claims over HTTP, and an endpoint to which the release's own workers push jobs. All of them keep a ledger of their own, and what
counts is that ledger: a job is lost when it was acknowledged, nobody ran it, and the queue does not know it. After each scenario there has to be
one primary, all replicas in sync with it, all Sentinels agreed on it and none aware of more nodes than there are, every pod ready, no process of the application restarted that nobody killed, and
every client served again. "Broken" counts rounds in which any of this did not hold.

"Stall" is the longest that any client went without what it wanted, "failed calls" are those of all clients together, "healed" is the time from the first act until everything was as before: median and worst of the rounds.
Clients on a node that is cut off count for what they were promised, not for how long they waited.`;

const head =
  '| scenario | what happens | rounds | broken | acknowledged | lost | failed calls | stall, median | stall, worst | healed, median | healed, worst | Kubernetes | Redis | date |';

function lineOf(row: Row, { date, kubernetes }: Conditions): string {
  const { scenario, rounds, broken, acknowledged, lost, clientErrors, stallMs, healedMs, redis } = row;
  const cells = [
    `\`${scenario.name}\``,
    scenario.title,
    ...[rounds, broken, acknowledged, lost, clientErrors].map(String),
    ...[stallMs.median, stallMs.worst, healedMs.median, healedMs.worst].map(seconds),
    kubernetes,
    redis,
    date,
  ];
  return `| ${cells.join(' | ')} |`;
}
