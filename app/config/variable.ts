import { z } from 'zod';
import { parseAddressMap } from './address-map.js';
import { parseHosts, parseRedisUri, type HostPort } from './redis-uri.js';

/** How the text of an environment variable becomes a value. */
export interface Variable<T> {
  readonly description: string;
  /** Of the value's text, for error messages and the documentation. */
  readonly expected: string;
  readonly schema: z.ZodType<T, string>;
  /** As a user would write it. */
  readonly default?: string;
  /** Never echoed; `NAME_FILE` names a file that holds it instead. */
  readonly secret?: true;
}

/** A variable whose value is always there: it has a default. */
export type Defaulted<T> = Variable<T> & { readonly default: string };

export const withDefault = <T>(text: string, variable: Variable<T>): Defaulted<T> => ({ ...variable, default: text });

export const text = (description: string): Variable<string> => ({
  description,
  expected: 'a text',
  schema: z.string(),
});

export const secret = (description: string): Variable<string> => ({
  description,
  expected: 'a text of one line',
  schema: z.string().regex(/^[^\r\n]+$/),
  secret: true,
});

export const wholeNumber = (description: string, min: number, max: number): Variable<number> => ({
  description,
  expected: `a whole number from ${min} to ${max}`,
  schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max)),
});

/** A number, or `auto`. */
export const wholeNumberOrAuto = (description: string, min: number, max: number): Variable<number | 'auto'> => ({
  description,
  expected: `a whole number from ${min} to ${max}, or auto`,
  schema: z.union([
    z
      .string()
      .regex(/^auto$/)
      .transform(() => 'auto' as const),
    wholeNumber(description, min, max).schema,
  ]),
});

/** Written in seconds, `0.5` too; the value is in milliseconds. */
export const seconds = (description: string, min: number, max: number): Variable<number> => ({
  description,
  expected: `seconds from ${min} to ${max}`,
  schema: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .transform((value) => Math.round(value * 1000)),
});

export const oneOf = <const T extends readonly [string, ...string[]]>(
  description: string,
  choices: T,
): Variable<T[number]> => ({
  description,
  expected: `one of ${choices.join(', ')}`,
  schema: z.string().pipe(z.enum(choices)),
});

export const identifier = (description: string): Variable<string> => ({
  description,
  expected: '1 to 200 letters, digits, dots, dashes, underscores or colons',
  schema: z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/),
});

export const url = (description: string): Variable<string> => ({
  description,
  expected: 'an http:// or https:// URL',
  schema: httpUrl,
});

/** One after the other, with commas between them. */
export const words = (description: string): Variable<readonly string[]> => ({
  description,
  expected: 'texts without blanks, separated by commas',
  schema: z
    .string()
    .transform((list) => list.split(',').map((word) => word.trim()))
    .pipe(z.array(z.string().regex(/^\S+$/))),
});

/** `*` is one part of a topic, `**` at the end all that follow. */
export const topicPatterns = (description: string): Variable<readonly string[]> => ({
  description,
  expected: 'topics such as orders.17 or orders.**, separated by commas',
  schema: z
    .string()
    .transform((list) => list.split(',').map((topic) => topic.trim()))
    .pipe(z.array(z.string().regex(topicPattern))),
});

const topicPattern = /^(?=.{1,200}$)(\*\*|([A-Za-z0-9_-]+|\*)([.:]([A-Za-z0-9_-]+|\*))*([.:]\*\*)?)$/;

/** JSON: name -> URL. */
export const urlsByName = (description: string): Variable<Readonly<Record<string, string>>> => ({
  description,
  expected: 'a JSON object of http:// or https:// URLs, such as {"thumbnails":"http://127.0.0.1:3000/jobs"}',
  schema: z
    .string()
    .transform(parseJson)
    .pipe(z.record(z.string().min(1), httpUrl)),
});

export const redisUri = (description: string): Variable<ReturnType<typeof parseRedisUri>> => ({
  description,
  expected: 'the address of Redis',
  schema: parsedBy(parseRedisUri),
});

export const addressMap = (description: string): Variable<ReturnType<typeof parseAddressMap>> => ({
  description,
  expected: 'announced=reachable, separated by commas',
  schema: parsedBy(parseAddressMap),
});

/** Several `host:port`, with commas or blanks between. */
export const hostPorts = (description: string): Variable<readonly HostPort[]> => ({
  description,
  expected: 'host:port,host:port',
  schema: parsedBy((value) => parseHosts(value.trim().replaceAll(/[\s,]+/g, ','), 6379)),
});

/** By a function whose errors say all that there is to say. */
const parsedBy = <T>(parse: (value: string) => T): z.ZodType<T, string> =>
  z.string().transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message, params: { complete: true } });
      return z.NEVER;
    }
  });

const httpUrl = z.url({ protocol: /^https?$/ });

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
}
