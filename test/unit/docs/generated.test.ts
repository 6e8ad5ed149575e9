import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { errorCatalogue } from '../../../app/resilience/errors.js';
import { generatedDocs } from '../../../scripts/write-docs.js';

test('the pages that are made of the code are current (make docs)', async () => {
  for (const [file, text] of await generatedDocs()) {
    expect(await readFile(new URL(`../../../../docs/${file}`, import.meta.url), 'utf8')).toBe(text);
  }
});

test('every error has a chapter', async () => {
  const text = (await generatedDocs()).get('errors.md') ?? '';
  for (const [code, { status, remedy }] of Object.entries(errorCatalogue)) {
    expect(text).toContain(`## ${code}\n`);
    expect(text).toContain(remedy);
    expect(text).toMatch(new RegExp(`\\[${code}\\].*\\b${status}\\b`));
  }
});
