import { beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { compile, moduleOf } from './compile.js';
import { snippets } from './snippets.js';

describe('TypeScript tells right charts from wrong ones', () => {
  let wrong: readonly (readonly ts.Diagnostic[])[] = [];
  let right: readonly (readonly ts.Diagnostic[])[] = [];
  beforeAll(() => {
    const errors = compile(
      [...snippets.map((snippet) => snippet.wrong), ...snippets.map((snippet) => snippet.right)].map(moduleOf),
    );
    wrong = errors.slice(0, snippets.length);
    right = errors.slice(snippets.length);
  }, 300_000);

  const cases = snippets.map((snippet, at) => ({ ...snippet, at }));

  test.each(cases)('$mistake does not compile', ({ at, code }) => {
    expect(wrong[at]?.map((error) => error.code)).toEqual([code]);
  });

  test.each(cases)('what is meant by $mistake compiles', ({ at }) => {
    expect(right[at]?.map((error) => ts.flattenDiagnosticMessageText(error.messageText, '\n'))).toEqual([]);
  });
});
