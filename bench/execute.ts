import { runContender } from './machine/contender-process.js';
import { busyShareOfOthers } from './machine/load.js';
import { RedisServer } from './machine/redis-server.js';
import type { Outcome, Round } from './results/outcome.js';
import type { ContenderName, Figures, Run } from './types.js';

/** Runs the contenders in turn, so many times: what disturbs the machine for a while disturbs all of them. */
export async function execute(run: Run, pairs: number): Promise<Outcome> {
  const rounds: Round[] = [];
  const count = run.isSteady === true ? 1 : pairs;
  while (rounds.length < count) {
    const othersShare = await busyShareOfOthers();
    const measured: { [Name in ContenderName]?: Figures } = {};
    for (const contender of run.contenders) measured[contender] = await measure(run, contender);
    rounds.push({ measured, othersShare });
  }
  return { run, rounds };
}

async function measure({ task, server: spec }: Run, contender: ContenderName): Promise<Figures> {
  const server = await RedisServer.start(spec);
  try {
    return await runContender({ contender, port: server.port, task });
  } finally {
    await server.stop();
  }
}
