import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** On every line, e.g. `{ serverId }`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** @default stdout */
  readonly destination?: DestinationStream;
}

/** JSON, a line each. Passwords, tokens and the arguments of commands do not get in. */
export function createLog({ level, fields = {}, destination }: LogOptions): Logger {
  const options = {
    level,
    base: fields,
    redact: { paths: secretPaths, censor: '***' },
    serializers: { err: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** For people who must find out what went wrong: no properties, since those of Redis errors carry whole commands, `AUTH` among them. */
export function describeError(error: unknown, depth = 0): object | string {
  if (!(error instanceof Error)) return withoutUriPasswords(String(error));
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    type: name,
    message: withoutUriPasswords(message),
    ...code,
    ...(stack === undefined ? {} : { stack: withoutUriPasswords(stack) }),
    ...(cause === undefined || depth >= maxCauses ? {} : { cause: describeError(cause, depth + 1) }),
  };
}

/** `redis://user:password@host` -> `redis://***@host`. */
export function withoutUriPasswords(text: string): string {
  return text.replaceAll(/:\/\/[^\s/@]*:\S*@/g, '://***@');
}

const maxCauses = 5;

const secretNames = ['password', 'sentinelPassword', 'token', 'authorization'];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
