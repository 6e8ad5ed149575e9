import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ContenderName, Figures } from '../../types.js';
import { jobData } from '../contender.js';
import { perJob, type Meter } from '../meter.js';
import { percentiles } from '../open-loop.js';
import { openAsker, type Asker } from './asker.js';
import type { AskTask } from './task.js';
import type { WorkerAssignment } from './worker.js';

const workerEntry = fileURLToPath(new URL('worker.js', import.meta.url));

export async function measureAsk(
  contender: ContenderName,
  { questions, warmUp, callers }: AskTask,
  { port, meter }: { readonly port: number; readonly meter: Meter },
): Promise<Figures> {
  const worker = fork(workerEntry);
  const ready = once(worker, 'message');
  worker.send({ contender, port, concurrency: callers } satisfies WorkerAssignment);
  await ready;
  const connectionsBefore = await meter.infoNumber('clients', 'connected_clients');
  const asker = await openAsker(contender, port, callers);
  try {
    await askAll(asker, warmUp, callers);
    const sentBefore = await meter.callsOf(asker.commands);
    const from = await meter.read();
    const latencies = await askAll(asker, questions, callers);
    const figures = perJob(questions, from, await meter.read());
    const sent = (await meter.callsOf(asker.commands)) - sentBefore;
    return {
      ...figures,
      commandsPerJob: sent / questions,
      ...percentiles(latencies),
      connections: (await meter.infoNumber('clients', 'connected_clients')) - connectionsBefore,
      keysLeft: await meter.keysLike(contender === 'ioredis' ? 'response:*' : 'ml:{:replies}:*'),
    };
  } finally {
    await asker.close();
    worker.disconnect();
  }
}

/** Latencies of all. */
async function askAll(asker: Asker, questions: number, callers: number): Promise<readonly number[]> {
  const latencies: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < questions) {
      next += 1;
      const sinceMs = performance.now();
      await asker.ask(jobData(next));
      latencies.push(performance.now() - sinceMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return latencies;
}
