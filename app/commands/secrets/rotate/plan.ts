/** The keys of the release's Secret that can be replaced while everything runs. */
export const rotatableKeys = [
  'redis-password',
  'redis-app-password',
  'redis-replication-password',
  'redis-exporter-password',
  'sentinel-password',
] as const;

type Data = Readonly<Record<string, string>>;

/** What is in the Secret under way, by what is there: whoever looks anew knows how far it got. */
export interface Progress {
  /** Have a next password, which servers shall know before anybody uses it. */
  readonly offered: readonly string[];
  /** Are replaced, and have a previous password, which is valid as long as somebody may use it. */
  readonly switched: readonly string[];
}

export const nextOf = (key: string): string => `${key}-next`;
export const previousOf = (key: string): string => `${key}-previous`;

export function progressOf(data: Data): Progress {
  return {
    offered: rotatableKeys.filter((key) => Object.hasOwn(data, nextOf(key))),
    switched: rotatableKeys.filter((key) => Object.hasOwn(data, previousOf(key))),
  };
}

/** Changes of the Secret: null deletes a key. */
export type Change = Readonly<Record<string, string | null>>;

/** First step: servers get to know new passwords. */
export const offer = (keys: readonly string[], makePassword: () => string): Change =>
  Object.fromEntries(keys.map((key) => [nextOf(key), Buffer.from(makePassword()).toString('base64')]));

/** Second step: clients get to know them; the former ones stay valid. */
export const switchOver = (data: Data, keys: readonly string[]): Change =>
  Object.fromEntries(
    keys.flatMap((key) => [
      [key, data[nextOf(key)] ?? ''],
      [previousOf(key), data[key] ?? ''],
      [nextOf(key), null],
    ]),
  );

/** Third step: the former ones are worth nothing. */
export const drop = (keys: readonly string[]): Change => Object.fromEntries(keys.map((key) => [previousOf(key), null]));

/** The keys to begin with; those that the release does not have are left out unless they are asked for. */
export function chosenKeys(data: Data, asked: readonly string[]): { keys: readonly string[]; problem?: string } {
  const unknown = asked.filter((key) => !(rotatableKeys as readonly string[]).includes(key));
  if (unknown.length > 0) {
    return { keys: [], problem: `Expected keys of ${rotatableKeys.join(', ')}, got ${unknown.join(', ')}` };
  }
  const missing = asked.filter((key) => !Object.hasOwn(data, key));
  if (missing.length > 0) return { keys: [], problem: `The Secret has no ${missing.join(', ')}: nothing to replace` };
  const keys = asked.length > 0 ? asked : rotatableKeys.filter((key) => Object.hasOwn(data, key));
  return keys.length > 0 ? { keys } : { keys, problem: 'The Secret has no password that could be replaced' };
}
