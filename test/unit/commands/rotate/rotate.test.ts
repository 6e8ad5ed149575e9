import { createHash } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { parseSums } from '../../../../app/commands/secrets/rotate/check.js';
import type { Pods } from '../../../../app/commands/secrets/rotate/cluster-pods.js';
import { holdersOf } from '../../../../app/commands/secrets/rotate/holders.js';
import { chosenKeys, progressOf } from '../../../../app/commands/secrets/rotate/plan.js';
import { rotate, type Rotation } from '../../../../app/commands/secrets/rotate/rotate.js';
import { MemorySecrets } from '../../../support/memory-secrets.js';

const key = 'redis-app-password';
const start = { [key]: 'old', 'gateway-token': 'token' };

/** As the API answers it, which is no instance of the client's classes. */
const podWith = (name: string, items: readonly string[], extra: object = {}): V1Pod => {
  const pod: object = {
    metadata: { name },
    spec: {
      nodeName: 'node',
      containers: [
        {
          name: 'main',
          env: [{ name: 'RUN_DIR', value: '/run' }],
          volumeMounts: [{ name: 'secrets', mountPath: '/secrets' }],
        },
      ],
      volumes: [
        {
          name: 'secrets',
          projected: {
            sources: [{ secret: { name: 'auth', items: items.map((each) => ({ key: each, path: each })) } }],
          },
        },
      ],
    },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', state: { running: {} } } as never] },
    ...extra,
  };
  return pod;
};
const server = podWith('redis-0', [key, `${key}-next`, `${key}-previous`]);
const client = podWith('worker-0', [key]);

/** Pods whose files follow the Secret as soon as they are nudged, and which note who had which password at the same time. */
class FollowingPods implements Pods {
  readonly seen: string[] = [];
  private readonly files = new Map<string, Record<string, string>>();

  constructor(
    private readonly secrets: MemorySecrets,
    private readonly stuck: readonly string[] = [],
  ) {
    for (const name of ['redis-0', 'worker-0']) this.files.set(name, secrets.texts('auth'));
  }

  list() {
    return Promise.resolve([server, client]);
  }

  run(pod: string, _container: string, [program]: readonly string[]) {
    const { [key]: now, [`${key}-next`]: next, [`${key}-previous`]: previous } = this.files.get('redis-0') ?? {};
    const used = this.files.get('worker-0')?.[key] ?? '';
    this.seen.push([now, next, previous].includes(used) ? 'welcome' : 'refused');
    const lines = Object.entries(this.files.get(pod) ?? {}).map(
      ([name, text]) => `${createHash('sha256').update(text).digest('hex')}  /secrets/${name}\n`,
    );
    return Promise.resolve((program === 'cat') === (pod === 'redis-0') ? lines.join('') : '');
  }

  nudge(pod: string) {
    if (!this.stuck.includes(pod)) this.files.set(pod, this.secrets.texts('auth'));
    return Promise.resolve();
  }
}

const rotation = (secrets: MemorySecrets, pods: Pods, changes: Partial<Rotation> = {}): Rotation => ({
  secrets,
  pods,
  secret: 'auth',
  keys: [],
  keepPrevious: false,
  timeoutMs: 20_000,
  onStep: () => undefined,
  ...changes,
});

describe('replacing passwords', () => {
  test('leaves nobody without a password that is taken, and only the new one in the end', async () => {
    const secrets = new MemorySecrets({ auth: start });
    const pods = new FollowingPods(secrets);
    expect(await rotate(rotation(secrets, pods))).toEqual({ keys: [key], finished: true, resumed: false });
    const { [key]: password, ...rest } = secrets.texts('auth');
    expect(password).toMatch(/^[\w-]{43}$/);
    expect(rest).toEqual({ 'gateway-token': 'token' });
    expect(new Set(pods.seen)).toEqual(new Set(['welcome']));
  });

  test('stops where somebody does not follow, and a second run finishes it', async () => {
    const secrets = new MemorySecrets({ auth: start });
    const slow = new FollowingPods(secrets, ['worker-0']);
    await expect(rotate(rotation(secrets, slow, { timeoutMs: 10 }))).rejects.toThrow(
      /clients.*worker-0.*run the command again/,
    );
    expect(secrets.texts('auth')[`${key}-previous`]).toBe('old');
    const { [key]: chosen } = secrets.texts('auth');
    const finished = await rotate(rotation(secrets, new FollowingPods(secrets)));
    expect(finished).toEqual({ keys: [key], finished: true, resumed: true });
    expect(secrets.texts('auth')).toEqual({ ...start, [key]: chosen });
  });

  test('keeps the former password until the next run when it is told to', async () => {
    const secrets = new MemorySecrets({ auth: start });
    const pods = new FollowingPods(secrets);
    expect(await rotate(rotation(secrets, pods, { keepPrevious: true }))).toMatchObject({ finished: false });
    expect(secrets.texts('auth')[`${key}-previous`]).toBe('old');
    expect(await rotate(rotation(secrets, pods))).toMatchObject({ finished: true, resumed: true });
  });

  test.each([
    [['gateway-token'], /Expected keys of/],
    [['sentinel-password'], /has no sentinel-password/],
  ])('of %j is refused', async (keys, reason) => {
    const secrets = new MemorySecrets({ auth: start });
    await expect(rotate(rotation(secrets, new FollowingPods(secrets), { keys }))).rejects.toThrow(reason);
    expect(secrets.texts('auth')).toEqual(start);
  });
});

test('how far a run got is read from the Secret', () => {
  expect(progressOf({})).toEqual({ offered: [], switched: [] });
  expect(progressOf({ [`${key}-next`]: '', 'sentinel-password-previous': '' })).toEqual({
    offered: [key],
    switched: ['sentinel-password'],
  });
  expect(chosenKeys({ 'gateway-token': '' }, []).problem).toContain('no password');
});

test('holders are the containers that mount the Secret and may run', () => {
  const holders = holdersOf(
    [
      server,
      client,
      podWith('other', []),
      podWith('done', [key], { status: { phase: 'Succeeded' } }),
      podWith('unscheduled', [key], { spec: { containers: [] } }),
      podWith('starting', [key], { status: { phase: 'Pending' } }),
    ],
    'auth',
  );
  expect(holders.map(({ pod, isRunning, publishedIn }) => [pod, isRunning, publishedIn])).toEqual([
    ['redis-0', true, '/run/passwords'],
    ['worker-0', true, undefined],
    ['starting', false, undefined],
  ]);
});

test('sums are read by the names of the files', () => {
  const hash = 'a'.repeat(64);
  expect([...parseSums(`${hash}  /secrets/one\nnoise\n`)]).toEqual([['one', hash]]);
});
