import { messageOf } from '../errors.js';
import { homeAt } from '../home.js';
import { readPlan } from './plan-file.js';
import { Supervisor } from './supervisor.js';

/** Entry of the detached process behind `up`: `node supervise.js HOME`, until SIGTERM. */
function main(directory: string): void {
  const home = homeAt(directory);
  const log = (line: string): void => {
    console.log(`${new Date().toISOString()} ${line}`);
  };
  const supervisor = new Supervisor(home, readPlan(home), log);
  supervisor.start();
  log('all processes are started');
  const stop = (): void => {
    supervisor.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log(messageOf(error));
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
}

main(process.argv[2] ?? '.moorline');
