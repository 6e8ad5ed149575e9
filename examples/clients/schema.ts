import { isMoorlineError, Moorline, NeverRetry, NotYet, RateLimited, RetryLater } from 'moorline';
import { z } from 'zod';

const { MOORLINE_URL: url = 'http://127.0.0.1:8080', MOORLINE_TOKEN: token } = process.env;
const moorline = new Moorline({ url, token });

// Any schema of https://standardschema.dev: it checks what is added, and types what handlers get.
const order = z.object({ customer: z.string().min(1), cents: z.int().min(1) });
const charges = moorline.queue('charges', { schema: order });

try {
  await charges.add({ customer: 'c-1', cents: 0.5 });
} catch (error) {
  if (isMoorlineError(error)) console.log(error.code, error.retryable);
}

const finished = new Promise<void>((resolve) => {
  charges.worker(({ data: { customer, cents }, attempt }) => {
    // What a handler throws says what is to follow.
    if (customer === 'nobody') throw new NeverRetry('no such customer');
    if (customer === 'busy' && attempt === 1) throw new RetryLater(1_000, 'the bank does not answer');
    if (customer === 'early') throw new NotYet(60_000);
    if (customer === 'flood') throw new RateLimited(5_000);
    console.log('charged', customer, cents);
    resolve();
  });
});

// Jobs of one key run in the order they came; `delayMs` and `maxAttempts` as in the API.
await charges.addMany([
  { data: { customer: 'c-1', cents: 1250 }, key: 'c-1' },
  { data: { customer: 'nobody', cents: 1 } },
]);
await finished;
await moorline.close({ graceMs: 5_000 });
