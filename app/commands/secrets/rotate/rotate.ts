import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret, Secrets } from '../../../certificates/secret-store.js';
import { UnavailableError, UsageError } from '../../exit-codes.js';
import { randomValue } from '../fill-secret.js';
import { findsAll, parseSums, servesAll } from './check.js';
import type { Pods } from './cluster-pods.js';
import { holdersOf, type Holder } from './holders.js';
import { chosenKeys, drop, offer, progressOf, switchOver, type Change } from './plan.js';

export interface Rotation {
  readonly secrets: Secrets;
  readonly pods: Pods;
  /** Name of the Secret. */
  readonly secret: string;
  /** All that the release has when it is empty. */
  readonly keys: readonly string[];
  /** The former passwords stay valid, for programs that this command cannot see. */
  readonly keepPrevious: boolean;
  /** For each step. */
  readonly timeoutMs: number;
  readonly onStep: (text: string) => void;
}

export interface RotationResult {
  readonly keys: readonly string[];
  /** The former passwords are worth nothing. */
  readonly finished: boolean;
  /** It went on with what an earlier run had begun, and began nothing. */
  readonly resumed: boolean;
}

const pollMs = 1_000;

/**
 * Replaces passwords in three steps, each of which is in the Secret alone, so that a run that broke off is finished by the next
 * one: servers take the new ones as well; clients use them; servers take them alone. A step begins when everybody has the last.
 */
export async function rotate(rotation: Rotation): Promise<RotationResult> {
  const { secrets, secret, onStep } = rotation;
  const begun = progressOf((await secrets.read(secret)).data);
  const resumed = begun.offered.length + begun.switched.length > 0;
  if (!resumed) await begin(rotation);

  const { offered } = progressOf((await secrets.read(secret)).data);
  if (offered.length > 0) {
    await everybody(rotation, offered, 'servers');
    onStep(`clients use the new ${offered.join(', ')}`);
    await change(rotation, ({ data }) => switchOver(data, offered));
  }

  const { switched } = progressOf((await secrets.read(secret)).data);
  await everybody(rotation, switched, 'servers');
  await everybody(rotation, switched, 'clients');
  if (rotation.keepPrevious) return { keys: switched, finished: false, resumed };
  onStep(`servers refuse the previous ${switched.join(', ')}`);
  await change(rotation, () => drop(switched));
  await everybody(rotation, switched, 'servers');
  return { keys: switched, finished: true, resumed };
}

async function begin(rotation: Rotation): Promise<void> {
  const { data } = await rotation.secrets.read(rotation.secret);
  const { keys, problem } = chosenKeys(data, rotation.keys);
  if (problem !== undefined) throw new UsageError(problem);
  rotation.onStep(`servers take a new ${keys.join(', ')} as well`);
  await change(rotation, () => offer(keys, randomValue));
}

const maxTries = 10;

async function change({ secrets, secret }: Rotation, make: (current: Secret) => Change): Promise<void> {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const current = await secrets.read(secret);
    if (await secrets.change(secret, make(current), current.resourceVersion)) return;
  }
  throw new UnavailableError(`The Secret ${secret} changed at each of ${maxTries} tries; run the command again`);
}

/** Waits until all servers take, or all clients find, what is in the Secret. */
async function everybody(rotation: Rotation, keys: readonly string[], who: 'servers' | 'clients'): Promise<void> {
  const { secrets, secret, pods, timeoutMs } = rotation;
  const deadline = Date.now() + timeoutMs;
  const { data } = await secrets.read(secret);
  const nudged = new Set<string>();
  for (;;) {
    const holders = holdersOf(await pods.list(), secret).filter(
      (holder) => (holder.publishedIn !== undefined) === (who === 'servers'),
    );
    const upToDate = await Promise.all(holders.map((holder) => isUpToDate(pods, holder, data, keys)));
    const behind = holders.filter((_, at) => upToDate[at] !== true).map(({ pod }) => pod);
    if (behind.length === 0) return;
    if (Date.now() > deadline) {
      throw new UnavailableError(
        `Not all ${who} have taken over the passwords within ${timeoutMs} ms: ${behind.join(', ')}; ` +
          'the former ones are valid as well; run the command again when these pods are well',
      );
    }
    for (const pod of behind.filter((name) => !nudged.has(name))) {
      nudged.add(pod);
      await pods.nudge(pod);
    }
    await sleep(pollMs);
  }
}

async function isUpToDate(pods: Pods, holder: Holder, data: Secret['data'], keys: readonly string[]): Promise<boolean> {
  if (!holder.isRunning) return false;
  const { pod, container, publishedIn, files } = holder;
  if (publishedIn !== undefined) {
    return servesAll(parseSums(await pods.run(pod, container, ['cat', publishedIn])), data, holder, keys);
  }
  const paths = keys.flatMap((key) => files[key] ?? []);
  if (paths.length === 0) return true;
  return findsAll(parseSums(await pods.run(pod, container, ['sha256sum', ...paths])), data, holder, keys);
}
