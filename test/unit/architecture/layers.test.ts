import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ESLint } from 'eslint';

const cwd = fileURLToPath(new URL('../../../../', import.meta.url));

/** The rule alone: the file does not exist, so there are no types for the others. */
async function complaints(filePath: string, code: string): Promise<number> {
  const eslint = new ESLint({
    cwd,
    ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
    overrideConfig: untyped,
  });
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.length ?? 0;
}
const untyped = [{ languageOptions: { parserOptions: { projectService: false } } }];

describe('the layers are enforced by the linter', () => {
  test.each([
    ['app/redis/new.ts', '../queue/limits.js'],
    ['app/resilience/new.ts', '../redis/index.js'],
    ['app/queue/new.ts', '../gateway/gateway.js'],
    ['app/gateway/routes/new.ts', '../../worker/start.js'],
    ['app/operations/new.ts', '../commands/program.js'],
    ['app/config/new.ts', '../log.js'],
    ['app/queue/new.ts', '../../cdk8s/render.js'],
    ['cdk8s/bundle/new.ts', '../../app/queue/limits.js'],
    ['cdk8s/bundle/new.ts', '../../test/support/examples.js'],
    ['browser/new.ts', '../app/streams/types.js'],
    ['browser/new.ts', 'msgpackr'],
  ])('%s must not import %s', async (file, imported) => {
    expect(await complaints(file, `import '${imported}';`)).toBe(1);
  });

  test.each([
    ['app/queue/new.ts', '../redis/index.js'],
    ['app/gateway/routes/new.ts', '../schemas/queue.js'],
    ['app/worker/new.ts', '../operations/health.js'],
    ['app/commands/queue/new.ts', '../../queue/limits.js'],
    ['cdk8s/local/new.ts', '../../app/config/index.js'],
    ['browser/new.ts', './types.js'],
    ['test/unit/new.test.ts', '../../app/queue/limits.js'],
  ])('%s may import %s', async (file, imported) => {
    expect(await complaints(file, `import '${imported}';`)).toBe(0);
  });
});
