import type { ClaimedJob, DeadJob, JobNotes, JobView } from '../queue/types.js';

// Data and results are stored as JSON text and go out as that text: parsing and printing it again would
// cost more than all the rest of an answer.

export const claimedJobsJson = (jobs: readonly ClaimedJob[]): string => listJson(jobs.map(withSplicedData));

export const deadJobsJson = (jobs: readonly DeadJob[]): string => listJson(jobs.map(withSplicedData));

export function jobViewJson(view: JobView): string {
  const { dataJson, progressJson, ...rest } = view;
  if (rest.state !== 'done') return splice(rest, { data: dataJson, progress: progressJson });
  const { resultJson, ...done } = rest;
  return splice(done, { data: dataJson, result: resultJson });
}

/** The stack of a failure stays with the queue. */
export function taskViewJson(view: JobView): string {
  if (view.state !== 'failed') return jobViewJson(view);
  const { message, code, details } = view.error;
  return jobViewJson({ ...view, error: { message, code, details } });
}

function withSplicedData({ dataJson, progressJson, ...rest }: (ClaimedJob | DeadJob) & JobNotes): string {
  return splice(rest, { data: dataJson, progress: progressJson });
}

const listJson = (items: readonly string[]): string => `[${items.join(',')}]`;

/** The JSON text of an object, with further members of which the text is at hand. */
export function splice(object: object, members: Readonly<Record<string, string | undefined>>): string {
  const spliced = Object.entries(members)
    .filter(([, json]) => json !== undefined)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  const own = JSON.stringify(object).slice(1, -1);
  return `{${[own, ...spliced].filter((part) => part !== '').join(',')}}`;
}
