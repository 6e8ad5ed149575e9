import { setTimeout as sleep } from 'node:timers/promises';
import { Moorline } from 'moorline';

interface Mail {
  readonly to: string;
  readonly subject: string;
}

const { MOORLINE_URL: url = 'http://127.0.0.1:8080', MOORLINE_TOKEN: token } = process.env;
const moorline = new Moorline({ url, token });
const mail = moorline.queue<Mail>('mail');

// Does jobs from now on: ten at a time, until it is closed.
mail.worker(
  async (job, { signal }) => {
    await sleep(10, undefined, { signal });
    return { sentTo: job.data.to };
  },
  { concurrency: 10 },
);

// Acknowledged means safe. With an id of its own, the same mail twice is one mail.
const { id } = await mail.add({ to: 'you@example.com', subject: 'Hello' }, { id: 'welcome-17', priority: 5 });

let job = await mail.job(id);
while (job?.state !== 'done') {
  await sleep(50);
  job = await mail.job(id);
}
console.log(job.result);
await moorline.close();
