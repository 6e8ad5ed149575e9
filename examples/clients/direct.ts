import { Moorline } from 'moorline';

// Straight to Redis: `redis+sentinel://host:26379,host:26379/primary-name` finds the primary, and follows it.
const { REDIS_URI: redis = 'redis://127.0.0.1:6379', REDIS_PASSWORD: password } = process.env;
const moorline = new Moorline({ redis, password });
const numbers = moorline.queue<number>('numbers');

const { jobs } = await numbers.addMany(Array.from({ length: 10_000 }, (_, n) => ({ data: n })));
const { ready } = await numbers.counts();
console.log(jobs.length, 'added,', ready, 'ready');

let sum = 0;
await new Promise<void>((resolve) => {
  let left = jobs.length;
  numbers.worker(
    ({ data }) => {
      sum += data;
      left -= 1;
      if (left === 0) resolve();
    },
    { concurrency: 500 },
  );
});
console.log('sum', sum);
await moorline.close();
