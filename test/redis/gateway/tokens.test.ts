import { mkdtempSync, rmSync, symlinkSync, writeFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scopeNames, type Scope } from '../../../app/operations/tokens/scopes.js';
import { GatewayClient } from '../support/gateway-client.js';
import { MoorlineProcess, startMoorline } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const directory = mkdtempSync(join(tmpdir(), 'moorline-tokens-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const tokenOf = (scope: string) => `only-for-${scope}-and-nothing-else`;
const tokens = scopeNames.map((scope) => `${scope}r ${scope} ${tokenOf(scope)}`).join('\n');

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});

describe('a gateway with a list of tokens', () => {
  let gateway: MoorlineProcess;
  const client = (token?: string) => new GatewayClient(gateway.url, token);

  beforeAll(async () => {
    const file = join(directory, 'tokens');
    writeFileSync(file, tokens);
    const environment = { MOORLINE_TOKEN: 'owner', MOORLINE_TOKENS_FILE: file, MOORLINE_LOG_LEVEL: 'debug' };
    gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}`, ...environment });
  });

  test('lets each route be called by tokens of its scope, and by no others', async () => {
    const routes = [
      ...(await documentedRoutes(client())),
      { method: 'GET', path: '/api/v1/redis/pool-stats', scope: 'read' },
      { method: 'POST', path: '/api/v1/redis/epoch/accept', scope: 'operate' },
    ];
    expect(routes.length).toBeGreaterThan(20);
    for (const { method, path, scope } of routes) {
      const answers = await Promise.all(
        ['owner', 'a-token-of-nobody', ...scopeNames.map(tokenOf)].map((token) =>
          client(token).call(path, { method, ...(hasBody(method) ? { body: {} } : {}) }),
        ),
      );
      // What comes after the guard may refuse the empty body: that is another matter.
      const verdicts = answers.map(({ status }) => ([401, 403].includes(status) ? status : 'in'));
      const expected = ['in', 401, ...scopeNames.map((name) => (name === scope ? 'in' : 403))];
      expect([method, path, ...verdicts]).toEqual([method, path, ...expected]);
      for (const { status, body } of answers) {
        if (status === 403)
          expect(body.error).toMatchObject({ code: 'forbidden', message: expect.stringContaining(scope) });
      }
    }
  });

  test('writes the name of the token into the audit, and no token into the log', async () => {
    await client(tokenOf('operate')).queue('audited', 'dead/purge', { all: true });
    const { text } = await client(tokenOf('read')).get('/api/v1/queues/audited/dead/audit');
    expect(text).toContain('"by":"operater at 127.0.0.1"');
    expect(gateway.log).not.toContain('and-nothing-else');
  });
});

test('a changed list counts without a restart, and a broken one changes nothing', async () => {
  // As the kubelet mounts a Secret: the file is a link, and what it leads to is swapped.
  const file = join(directory, 'mounted');
  let version = 0;
  const publish = (text: string): void => {
    version += 1;
    const target = join(directory, `version-${version}`);
    writeFileSync(target, text);
    symlinkSync(target, `${file}.next`);
    renameSync(`${file}.next`, file);
  };
  const gateway = await startMoorline('gateway', {
    REDIS_URI: `redis://${redis.address}`,
    MOORLINE_TOKENS_FILE: file,
    MOORLINE_LOG_LEVEL: 'info',
  });
  const status = async (token: string) => (await new GatewayClient(gateway.url, token).get('/api/v1/queues')).status;
  expect(await status('the-first-of-all-tokens')).toBe(401);

  publish('ann read the-first-of-all-tokens');
  await waitFor('the token counts', async () => (await status('the-first-of-all-tokens')) === 200);

  publish('ann reads the-second-of-all-tokens');
  await waitFor('the log tells', () => gateway.log.includes('those of before stay'));
  expect(await status('the-first-of-all-tokens')).toBe(200);

  publish('ann read the-second-of-all-tokens');
  await waitFor('the other counts', async () => (await status('the-second-of-all-tokens')) === 200);
  expect(await status('the-first-of-all-tokens')).toBe(401);
  expect(gateway.log).not.toContain('of-all-tokens');
});

test('a list that is broken from the start stops it with a line that names the place', async () => {
  const file = join(directory, 'broken');
  writeFileSync(file, 'ann read short');
  const broken = new MoorlineProcess('gateway', { REDIS_URI: `redis://${redis.address}`, MOORLINE_TOKENS_FILE: file });
  expect(await broken.exit()).toBe(2);
  expect(broken.log).toMatch(/^MOORLINE_TOKENS_FILE \S+: line 1: expected a token of 16/m);
});

const hasBody = (method: string): boolean => method === 'POST' || method === 'PUT';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
}

async function documentedRoutes(client: GatewayClient): Promise<Route[]> {
  const { text } = await client.get('/openapi.json');
  const { paths } = JSON.parse(text) as {
    readonly paths: Record<
      string,
      Record<string, { readonly security: readonly [{ readonly token: readonly [Scope] }] }>
    >;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      scope: security[0].token[0],
    })),
  );
}
