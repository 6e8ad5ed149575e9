import { jobData, type Contender } from './contender.js';

const batch = 500;

/** Puts so many jobs in a queue. */
export async function fill(contender: Contender, queue: string, jobs: number): Promise<void> {
  for (let first = 0; first < jobs; first += batch) {
    const size = Math.min(batch, jobs - first);
    await contender.addMany(
      queue,
      Array.from({ length: size }, (_, at) => jobData(first + at)),
    );
  }
}
