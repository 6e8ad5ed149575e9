import { execute } from './execute.js';
import { loadOfMinute } from './machine/load.js';
import { canPin } from './machine/pinning.js';
import { chooseRuns, withSockets } from './choose-runs.js';
import { parseOptions } from './options.js';
import { isTooBusy, type Outcome } from './results/outcome.js';
import { tableOf, verdictLines } from './results/table.js';
import { allRuns } from './runs/index.js';
import { savePage } from './save.js';

const options = parseOptions(process.argv.slice(2));
const outcomes: Outcome[] = [];
// With --json standard output is for the JSON alone.
const say = options.json ? console.error : console.log;

if (!canPin) say('taskset or a second core is missing: processes are not pinned to cores');
for (const run of chooseRuns(allRuns, options.only)) {
  say(`\n${run.title} (${run.name}; load ${loadOfMinute().toFixed(1)})`);
  const outcome = await execute(withSockets(run, options.sockets), options.pairs);
  outcomes.push(outcome);
  say(tableOf(outcome));
  for (const line of verdictLines(outcome)) say(line);
  if (isTooBusy(outcome)) say('  Others keep the machine busy: rates and times do not conclude; CPU per job does.');
}
if (options.save) say(`\nWritten to ${await savePage(outcomes)}`);
if (options.json) console.log(JSON.stringify(outcomes, undefined, 2));
