import { beforeAll, describe, expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import { moduleOf, programOf, root } from './compile.js';
import { nativeBranches } from './snippets.js';

/** The rules that make the design safe: an expression is an object, which is always true. */
const rules = ['@typescript-eslint/no-unnecessary-condition', '@typescript-eslint/strict-boolean-expressions'];

describe('the linter refuses native branches on a chart value', () => {
  let found: readonly string[][] = [];
  beforeAll(async () => {
    const harmless = "export const name = t.when<string>(v.on, `${v.text}`, 'none');";
    const modules = [...nativeBranches.map(({ wrong }) => wrong), harmless].map(moduleOf);
    const parserOptions = { projectService: false, programs: [programOf(modules)] };
    const eslint = new ESLint({ cwd: root, overrideConfig: [{ languageOptions: { parserOptions } }] });
    const results: string[][] = [];
    for (const { path, text } of modules) {
      const [result] = await eslint.lintText(text, { filePath: path });
      results.push((result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message));
    }
    found = results;
  }, 300_000);

  test.each(nativeBranches.map((branch, at) => ({ ...branch, at })))('$mistake', ({ at }) => {
    expect(found[at]?.filter((rule) => rules.includes(rule))).not.toEqual([]);
  });

  test('but not combinators and template literals', () => {
    expect(found.at(-1)).toEqual([]);
  });
});
