import { Redis } from 'ioredis';
import type { ContenderName } from '../../types.js';
import { openMoorline } from '../moorline.js';
import { answerKey, tasksKey } from './brpop.js';

// The entry of the process that answers: whatever is asked, at once.

export interface WorkerAssignment {
  readonly contender: ContenderName;
  readonly port: number;
  readonly concurrency: number;
}

const answerSeconds = 60;
const maxTaken = 100;

process.once('message', ({ contender, port, concurrency }: WorkerAssignment) => {
  const begun = contender === 'ioredis' ? answerByLists(port) : answerByHandler(port, concurrency);
  void begun.then(() => process.send?.('ready'));
});
// Whoever asks is gone.
process.once('disconnect', () => process.exit(0));

async function answerByHandler(port: number, concurrency: number): Promise<void> {
  const contender = await openMoorline(port, 'memory');
  await contender.work(['bench'], concurrency, () => undefined);
}

async function answerByLists(port: number): Promise<void> {
  const [taker, answerer] = [new Redis(port, '127.0.0.1'), new Redis(port, '127.0.0.1')];
  await Promise.all([taker.ping(), answerer.ping()]);
  void (async () => {
    for (;;) {
      const taken = await taker.blmpop(1, 1, tasksKey, 'RIGHT', 'COUNT', maxTaken);
      const answers = answerer.pipeline();
      for (const text of taken?.[1] ?? []) {
        const { id } = JSON.parse(text) as { readonly id: string };
        answers.lpush(answerKey(id), 'null').expire(answerKey(id), answerSeconds);
      }
      await answers.exec();
    }
  })();
}
