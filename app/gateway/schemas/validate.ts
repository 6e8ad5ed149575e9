import { z } from 'zod';
import { MoorlineError } from '../../resilience/errors.js';

/** The value as the schema types it, or `invalid_request` with its first fault: where, what was expected, what came. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new MoorlineError('invalid_request', firstFault(result.error, where));
}

/** For example `jobs[3].priority in the body: Expected a whole number from 0 to 9, got 22`. */
function firstFault({ issues: [issue] }: z.ZodError, where: string): string {
  if (issue === undefined) return `${where}: Invalid`;
  const place = issue.path.length === 0 ? where : `${pathOf(issue.path)} in ${where}`;
  const came = issue.code === 'unrecognized_keys' ? '' : `, got ${shorten(issue.input)}`;
  return `${place}: ${issue.message}${came}`;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((all, part) => {
    if (typeof part === 'number') return `${all}[${part}]`;
    return all === '' ? String(part) : `${all}.${String(part)}`;
  }, '');

/** Enough of a value to recognize it by. */
function shorten(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
