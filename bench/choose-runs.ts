import type { Run } from './types.js';

/** `add` means all runs whose names begin so, `add-10` that one alone; undefined means the selection. */
export function chooseRuns(runs: readonly Run[], only: readonly string[] | undefined): readonly Run[] {
  if (only === undefined) return runs.filter(({ isSelected }) => isSelected);
  const isNamed = (name: string) => runs.some((run) => run.name === name);
  const isMeant = ({ name }: Run) =>
    only.some((wanted) => wanted === 'all' || wanted === name || (!isNamed(wanted) && name.startsWith(`${wanted}-`)));
  return runs.filter(isMeant);
}

/** The same with another number of WebSockets, where it has many. */
export function withSockets(run: Run, sockets: number | undefined): Run {
  return sockets === undefined || !('sockets' in run.task) ? run : { ...run, task: { ...run.task, sockets } };
}
