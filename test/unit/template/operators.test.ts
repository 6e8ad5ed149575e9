import { describe, expect, test } from '@jest/globals';
import * as t from '../../../cdk8s/template/index.js';
import { context, printedValue, v, type Example } from './support/example.js';

type Row = readonly [name: string, expr: t.Expr, template: string, value: unknown];

const rows: readonly Row[] = [
  ['eq', t.eq(v.count, 3), '{{ eq (int .Values.count) 3 }}', true],
  ['ne', t.ne(v.mode, 'Never'), '{{ ne .Values.mode "Never" }}', true],
  ['gt', t.gt(v.count, 3), '{{ gt (int .Values.count) 3 }}', false],
  ['ge', t.ge(v.count, 3), '{{ ge (int .Values.count) 3 }}', true],
  ['lt', t.lt(v.count, 3), '{{ lt (int .Values.count) 3 }}', false],
  ['le', t.le(v.count, 3), '{{ le (int .Values.count) 3 }}', true],
  ['and', t.and(v.on, v.nested.deep.flag), '{{ and .Values.on .Values.nested.deep.flag }}', false],
  ['or', t.or(v.on, v.nested.deep.flag), '{{ or .Values.on .Values.nested.deep.flag }}', true],
  ['and of a text', t.and(v.on, v.text), '{{ and .Values.on (not (empty .Values.text)) }}', true],
  ['not', t.not(v.text), '{{ not .Values.text }}', false],
  ['not of eq', t.not(t.eq(v.count, 1)), '{{ ne (int .Values.count) 1 }}', true],
  ['not of gt', t.not(t.gt(v.count, 1)), '{{ le (int .Values.count) 1 }}', false],
  ['isEmpty', t.isEmpty(v.list), '{{ empty .Values.list }}', false],
  ['contains in a text', t.contains(v.text, 'me'), '{{ contains "me" .Values.text }}', true],
  ['contains in a list', t.contains(v.list, 'c'), '{{ has "c" .Values.list }}', false],
  ['hasPrefix', t.hasPrefix(v.text, 'some'), '{{ hasPrefix "some" .Values.text }}', true],
  ['hasSuffix', t.hasSuffix(v.text, 'some'), '{{ hasSuffix "some" .Values.text }}', false],
  ['matches', t.matches('^[a-z ]+$', v.text), '{{ regexMatch "^[a-z ]+$" .Values.text }}', true],
  ['add', t.add(v.count, 1), '{{ add (int .Values.count) 1 }}', 4],
  ['sub', t.sub(v.count, 5), '{{ sub (int .Values.count) 5 }}', -2],
  ['mul', t.mul(v.count, 2), '{{ mul (int .Values.count) 2 }}', 6],
  ['div', t.div(t.sub(0, v.count), 2), '{{ div (sub 0 (int .Values.count)) 2 }}', -1],
  ['mod', t.mod(v.count, 2), '{{ mod (int .Values.count) 2 }}', 1],
  ['max', t.max(v.count, 2), '{{ max (int .Values.count) 2 }}', 3],
  ['min', t.min(v.count, 2), '{{ min (int .Values.count) 2 }}', 2],
  [
    'concat',
    t.concat(v.text, '-', v.count, true),
    '{{ printf "%s-%dtrue" .Values.text (int .Values.count) | quote }}',
    'some text-3true',
  ],
  ['truncate', t.truncate(v.word, 3), '{{ .Values.word | trunc 3 | trimSuffix "-" | quote }}', 'wor'],
  ['trimSuffix', t.trimSuffix(v.text, 'xt'), '{{ .Values.text | trimSuffix "xt" | quote }}', 'some te'],
  ['replace', t.replace(v.text, 'e', '$&'), '{{ .Values.text | replace "e" "$&" | quote }}', 'som$& t$&xt'],
  ['lower', t.lower(v.word), '{{ .Values.word | lower | quote }}', 'word'],
  ['join', t.join(v.list, ', '), '{{ join ", " .Values.list | quote }}', 'a, b'],
  ['toJson', t.toJson(v.labels), '{{ .Values.labels | toJson | quote }}', '{"a":"1","b":"2"}'],
  ['orElse', t.orElse(v.other, v.text), '{{ .Values.other | default .Values.text | quote }}', 'some text'],
  ['orElse of a number', t.orElse(v.count, 9), '{{ int .Values.count | default 9 }}', 3],
  ['ternary', t.ternary(v.on, 'a-1', 'b-2'), '{{ ternary "a-1" "b-2" .Values.on | quote }}', 'a-1'],
  ['ternary of keywords', t.ternary(v.on, 'Always', 'Never'), '{{ ternary "Always" "Never" .Values.on }}', 'Always'],
  [
    'existingAnnotation, of which a plain rendering knows nothing',
    t.existingAnnotation('v1', 'Secret', v.word, 'a/b'),
    '{{ dig "metadata" "annotations" "a/b" "" (lookup "v1" "Secret" .Release.Namespace .Values.word) | quote }}',
    '',
  ],
  [
    'existingAsJson',
    t.existingAsJson('v1', 'Secret', ''),
    '{{ lookup "v1" "Secret" .Release.Namespace "" | toJson | quote }}',
    '{}',
  ],
  ['nested calls', t.max(t.add(v.count, 1), 2), '{{ max (add (int .Values.count) 1) 2 }}', 4],
];

describe('every operator means the same in both renderings', () => {
  test.each(rows)('%s', (_, expr, template, value) => {
    expect(printedValue(expr)).toBe(template);
    expect(t.evaluate(expr, context())).toEqual(value);
  });
});

describe('truth is that of Go templates', () => {
  test.each<[keyof Example, Partial<Example>, boolean]>([
    ['count', { count: 0 }, false],
    ['text', { text: '' }, false],
    ['text', { text: 'false' }, true],
    ['list', { list: [] }, false],
    ['list', { list: [''] }, true],
    ['labels', { labels: {} }, false],
    ['ratio', { ratio: 0.1 }, true],
  ])('%s in %j', (name, given, truth) => {
    expect(t.evaluate(t.not(v[name]), context(given))).toBe(!truth);
    expect(t.evaluate(t.ternary(v[name], 1, 0), context(given))).toBe(truth ? 1 : 0);
  });
});

describe('JSON is what Go writes', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['sorts keys by bytes', { b: 1, a: 2, 10: 3, 9: 4 }, '{"10":3,"9":4,"a":2,"b":1}'],
    ['escapes what HTML minds', { a: '<b> & \u2028' }, '{"a":"\\u003cb\\u003e \\u0026 \\u2028"}'],
    ['keeps floats', { a: [0.5, 1e21, true, null] }, '{"a":[0.5,1e+21,true,null]}'],
  ])('%s', (_, free, json) => {
    expect(t.evaluate(t.toJson(v.free), context({ free }))).toBe(json);
  });
});

test('maps merge so that the first entry wins that is not empty', () => {
  const merged = t.mergeMaps(v.labels, t.verbatim<Record<string, string>>(v.free));
  const given = context({ labels: { a: '1', b: '' }, free: { a: '2', b: '3', c: '4' } });
  expect(t.evaluate(merged, given)).toEqual({ a: '1', b: '3', c: '4' });
});

test('a range counts from zero', () => {
  expect(t.evaluate(t.range(v.count), context())).toEqual([0, 1, 2]);
  expect(t.evaluate(t.range(0), context())).toEqual([]);
});

describe('what the two renderings could see differently is refused when it is written', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['cutting text that may not be ASCII', () => t.truncate(v.text, 3), /plain ASCII/],
    ['lowering such text', () => t.lower(v.text), /plain ASCII/],
    ['comparing a float', () => t.gt(v.ratio, 1), /expected an integer, got a number/],
    ['adding a fraction', () => t.add(v.count, 0.5), /expected an integer/],
    ['a pattern with look-ahead', () => t.matches('a(?=b)', v.text), /different things/],
    ['a pattern with a dot', () => t.matches('a.b', v.text), /different things/],
    ['a pattern with \\s', () => t.matches('a\\sb', v.text), /different things/],
    ['a pattern that is none', () => t.matches('a[', v.text), /Invalid regular expression/],
    ['replacing nothing', () => t.replace(v.text, '', 'x'), /something to look for/],
    ['the text of a list', () => t.concat(v.list as unknown as t.Expr<string>), /no text of its own/],
  ])('%s', (_, write, message) => {
    expect(write).toThrow(message);
  });

  test.each(['^[a-z.]+$', 'a\\.b', '[^.]x', '^\\d{2}(a|b)*$'])('but not the pattern %s', (pattern) => {
    expect(() => t.matches(pattern, v.text)).not.toThrow();
  });

  test('a division by zero', () => {
    expect(() => t.evaluate(t.div(1, v.count), context({ count: 0 }))).toThrow('division by zero');
  });
});

describe('native operators on a chart value throw', () => {
  const count = v.count as unknown as number;
  test.each<[string, () => unknown]>([
    ['addition', () => count + 1],
    ['comparison', () => count > 1],
    ['conversion to a number', () => Number(v.count)],
    ['JSON.stringify', () => JSON.stringify({ count })],
  ])('%s', (_, use) => {
    expect(use).toThrow('is not known while TypeScript runs');
  });
});
