import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { valuesTable, valuesYaml } from '../../../cdk8s/values/document.js';
import { defaults, schema } from '../../../cdk8s/values/index.js';

test('values.yaml holds exactly the defaults', () => {
  expect(parse(valuesYaml(), { version: '1.1' })).toEqual(defaults);
});

test('every value is described, in values.yaml and in the table', () => {
  for (const row of valuesTable().split('\n').slice(2)) {
    if (row !== '') expect(row).toMatch(/^\| `[A-Za-z.]+` \| `.*` \| \S.* \|$/);
  }
});

test('no default is null, and no unknown value is accepted', () => {
  expect(JSON.stringify(defaults)).not.toContain('null');
  expect(schema).toMatchObject({ additionalProperties: false });
});
