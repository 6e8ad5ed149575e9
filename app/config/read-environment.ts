import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { environment, environmentNames, type VariableName } from './environment.js';
import { nearestName } from './nearest-name.js';
import type { Variable } from './variable.js';

export type Environment = Readonly<Record<string, string | undefined>>;

type ValueOf<V> = V extends { readonly schema: z.ZodType<infer T>; readonly default: string }
  ? T
  : V extends { readonly schema: z.ZodType<infer T> }
    ? T | undefined
    : never;

/** The value of each variable; where it has no default, undefined when it is not set. */
export type Values = { readonly [Name in VariableName]: ValueOf<(typeof environment)[Name]> };

/**
 * Reads every variable of the table. An empty variable counts as not set.
 * `values` are complete only where `problems` is empty.
 */
export function readEnvironment(env: Environment): { readonly values: Values; readonly problems: string[] } {
  const problems = unknownNames(env);
  const values = Object.fromEntries(
    Object.entries<Variable<unknown>>(environment).map(([name, variable]) => {
      try {
        return [name, readVariable(env, name, variable)];
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
        return [name, undefined];
      }
    }),
  ) as Values;
  return { values, problems };
}

/** A misspelt `MOORLINE_*` would silently leave a default in place. */
function unknownNames(env: Environment): string[] {
  const known = Object.keys(environmentNames);
  return Object.keys(env)
    .filter((name) => name.startsWith('MOORLINE_') && !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      return `${name}: no such setting${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    });
}

function readVariable(env: Environment, name: string, variable: Variable<unknown>): unknown {
  const text = variable.secret === true ? readSecret(env, name) : (nonEmpty(env[name]) ?? variable.default);
  if (text === undefined) return undefined;
  const { success, data, error } = variable.schema.safeParse(text);
  if (success) return data;
  throw new Error(explain(variable, text, error));
}

/** From the variable or from the file that `NAME_FILE` names. */
function readSecret(env: Environment, name: string): string | undefined {
  const value = nonEmpty(env[name]);
  const file = nonEmpty(env[`${name}_FILE`]);
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`expected either ${name} or ${name}_FILE, got both`);
  const content = withoutNewline(readText(file, `${name}_FILE`));
  if (content === '') throw new Error(`expected a secret in the file of ${name}_FILE, got an empty file: ${file}`);
  return content;
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Error(`expected a readable file in ${name}, got ${file} (${code})`, { cause: error });
  }
}

function explain(variable: Variable<unknown>, text: string, error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue?.code === 'custom' && issue.params?.['complete'] === true) return issue.message;
  const got = variable.secret === true ? 'something else' : JSON.stringify(shorten(withoutPasswords(text)));
  return `expected ${variable.expected}, got ${got}`;
}

const withoutPasswords = (text: string): string => text.replaceAll(/\/\/[^\s"]*@/g, '//***@');

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);

/** One newline at the end of a file is an editor's, not the secret's. */
export const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');

export const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
