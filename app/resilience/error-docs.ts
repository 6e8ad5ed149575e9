import { errorCatalogue } from './errors.js';

/** The page of all errors in Markdown. */
export function errorDocs(): string {
  const entries = Object.entries(errorCatalogue).sort(
    ([one, a], [other, b]) => a.status - b.status || (one < other ? -1 : 1),
  );
  return [
    '# Errors',
    'Every error has a code of this list: in the `code` of the errors that the library throws, and over HTTP as',
    '```json',
    '{ "error": { "code": "unconfirmed", "message": "...", "retryable": true } }',
    '```',
    'The message says what was expected, what came and what to do; it is for people and may change. ' +
      'Where an error may be over soon, the answer says in `Retry-After` when to come again. ' +
      'An error that is retryable may be answered by sending the same again, with the same ids; ' +
      'one of an enqueue names them under `jobs`, also those that the server made.',
    table(
      ['Code', 'HTTP', 'Retryable'],
      entries.map(([code, { status, retryable }]) => [`[${code}](#${code})`, `${status}`, retryable ? 'yes' : 'no']),
    ),
    ...entries.flatMap(([code, { meaning, remedy }]) => [`## ${code}`, meaning, `**What to do:** ${remedy}`]),
  ]
    .join('\n\n')
    .replaceAll('```json\n\n', '```json\n')
    .replaceAll('\n\n```\n', '\n```\n')
    .concat('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
