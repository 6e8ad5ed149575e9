import { describe, expect, test } from '@jest/globals';
import { chart, concat, evaluate, release, values } from '../../../cdk8s/template/index.js';
import { kindOf } from '../../../cdk8s/template/expr.js';
import { context, printedValue, schema, v } from './support/example.js';

test('a value that the schema does not have throws, with its path', () => {
  const wrong = v.nested.deep as unknown as Record<string, unknown>;
  expect(() => wrong.flagg).toThrow('there is no value nested.deep.flagg in the schema');
});

test('a value is found by its path', () => {
  expect(evaluate(v.nested.deep.flag, context())).toBe(false);
  expect(printedValue(v.nested.deep.flag)).toBe('{{ .Values.nested.deep.flag }}');
});

test('the release and the chart are known', () => {
  const all = concat(release.name, '/', release.namespace, '/', chart.name, '/', chart.version);
  expect(evaluate(all, context())).toBe('rel/ns/demo/1.0.0');
});

test('a name that Go cannot write behind a dot is looked up', () => {
  const odd = values<{ 'a-b': { c: string } }>({
    type: 'object',
    properties: { 'a-b': { type: 'object', properties: { c: { type: 'string' } } } },
  });
  expect(printedValue(odd['a-b'].c)).toBe('{{ (index .Values "a-b").c | quote }}');
});

describe('the schema tells how a value is printed', () => {
  test.each([
    ['text', v.text, '{{ .Values.text | quote }}'],
    ['a word', v.word, '{{ .Values.word | quote }}'],
    ['a keyword', v.mode, '{{ .Values.mode }}'],
    ['an integer', v.count, '{{ int .Values.count }}'],
    ['a float', v.ratio, '{{ .Values.ratio | toJson }}'],
    ['a boolean', v.on, '{{ .Values.on }}'],
    ['a map', v.labels, 'x:\n  {{- toYaml .Values.labels | nindent 2 }}'],
    ['a list', v.list, 'x:\n  {{- toYaml .Values.list | nindent 2 }}'],
  ])('%s', (_, expr, template) => {
    expect(printedValue(expr)).toContain(template);
  });

  test.each([
    ['^[a-z0-9]+(-[a-z0-9]+)*$', 'word'],
    ['^\\d+(\\.\\d+)?(Ki|Mi|Gi)?$', 'word'],
    ['^(?:[a-z]{1,3}|x)$', 'word'],
    ['^[a-z]+|[^a]+$', 'string'],
    ['[a-z]+', 'string'],
    ['^[^a]+$', 'string'],
    ['^[a-z:]+$', 'string'],
    ['^a:b$', 'string'],
    ['^.+$', 'string'],
  ])('a pattern %s makes a %s', (pattern, kind) => {
    const refs = values<{ x: string }>({ ...schema, properties: { x: { type: 'string', pattern } } });
    expect(kindOf(refs.x)).toBe(kind);
  });

  test.each<[unknown[], string]>([
    [['Always', 'IfNotPresent'], 'keyword'],
    [['yes', 'Always'], 'word'],
    [['', 'a'], 'word'],
    [['1', '2'], 'word'],
    [['a b'], 'string'],
  ])('constants %j make a %s', (choices, kind) => {
    const refs = values<{ x: string }>({ ...schema, properties: { x: { type: 'string', enum: choices } } });
    expect(kindOf(refs.x)).toBe(kind);
  });
});
