import { readText, writePrivately } from '../files.js';
import type { Home } from '../home.js';
import type { LocalProcess } from '../plan/plan.js';

/** Hands the processes to the supervisor and to the commands that come later. */
export function writePlan(home: Home, processes: readonly LocalProcess[]): void {
  const runnable = processes.map(
    ({ name, component, stateful, command, environment, port, readiness }): LocalProcess => {
      return { name, component, stateful, command, environment, port, readiness };
    },
  );
  writePrivately(home.planFile, JSON.stringify(runnable, undefined, 2));
}

/** The processes of the instance that is up; empty when none is. */
export function readPlan(home: Home): LocalProcess[] {
  const text = readText(home.planFile);
  return text === undefined ? [] : (JSON.parse(text) as LocalProcess[]);
}
