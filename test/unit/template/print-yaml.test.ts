import { describe, expect, test } from '@jest/globals';
import * as t from '../../../cdk8s/template/index.js';
import { toTree } from '../../../cdk8s/template/tree.js';
import { context, printed, printedValue, v } from './support/example.js';

const text = (...lines: readonly string[]): string => lines.join('\n');
const evaluated = (tree: unknown, given = {}): unknown => t.evaluate(toTree(tree), context(given));

describe('a conditional part', () => {
  test('of a map is an if around the field', () => {
    const tree = { a: 1, b: t.when(v.on, 2) };
    expect(printed('x', tree)).toBe(text('x:', '  a: 1', '  {{- if .Values.on }}', '  b: 2', '  {{- end }}'));
    expect(evaluated(tree, { on: false })).toEqual({ a: 1 });
  });

  test('with alternatives is a chain', () => {
    const chain = t.when<number>(v.on, 1, t.when<number>(v.text, 2, 3));
    expect(printed('x', chain)).toBe(
      text('{{- if .Values.on }}', 'x: 1', '{{- else if .Values.text }}', 'x: 2', '{{- else }}', 'x: 3', '{{- end }}'),
    );
    expect([{}, { on: false }, { on: false, text: '' }].map((given) => evaluated(chain, given))).toEqual([1, 2, 3]);
  });

  test('that is alone in its collection takes the key along', () => {
    const tree = [t.when(v.on, { name: 'a', data: {} })];
    expect(printed('x', tree)).toBe(text('{{- if .Values.on }}', 'x:', '  - name: a', '    data: {}', '{{- end }}'));
    expect(evaluated(tree, { on: false })).toBeUndefined();
  });

  test('that is the first field of an item leaves the dash on a line of its own', () => {
    expect(printed('x', [{ a: t.when(v.on, 1), b: 2 }])).toBe(
      text('x:', '  -', '    {{- if .Values.on }}', '    a: 1', '    {{- end }}', '    b: 2'),
    );
  });

  test('that is a long condition has one operand a line', () => {
    const long = t.or(
      ...((['text', 'other', 'list', 'labels', 'free', 'users', 'on', 'ports'] as const).map((name) => v[name]) as [
        t.Expr,
        t.Expr,
      ]),
    );
    const all = t.or(long, t.gt(v.count, 12345), t.eq(v.word, 'a-rather-long-word'));
    expect(printed('x', t.when(all, 1)).split('\n').slice(0, 3)).toEqual([
      '{{- if or',
      '      .Values.text',
      '      .Values.other',
    ]);
  });
});

describe('a collection that may lose everything', () => {
  test('is guarded by all its conditions', () => {
    const tree = { a: t.when(v.on, 1), b: [t.each(v.list, (item) => item)] };
    expect(printed('x', tree)).toBe(
      text(
        '{{- if or .Values.on .Values.list }}',
        'x:',
        '  {{- if .Values.on }}',
        '  a: 1',
        '  {{- end }}',
        '  {{- if .Values.list }}',
        '  b:',
        '    {{- range $item := .Values.list }}',
        '    - {{ $item | quote }}',
        '    {{- end }}',
        '  {{- end }}',
        '{{- end }}',
      ),
    );
    expect(evaluated({ x: tree }, { on: false, list: [] })).toBeUndefined();
  });

  test('is guarded once by what two parts ask', () => {
    const guard = printed('x', { a: t.when(v.on, 1), b: t.when(v.on, 2) }).split('\n')[0];
    expect(guard).toBe('{{- if .Values.on }}');
  });

  test('needs no guard when something is always there', () => {
    expect(printed('x', { a: t.when(v.on, 1, 2) }).split('\n')[0]).toBe('x:');
  });

  test('stays when it is written empty', () => {
    expect(printed('x', { a: {}, b: [] })).toBe(text('x:', '  a: {}', '  b: []'));
    expect(evaluated({ a: {}, b: [] })).toEqual({ a: {}, b: [] });
  });

  test('cannot be guarded by a variable of its own loop', () => {
    expect(() => printed('x', [t.each(v.users, (user) => t.when<string>(t.eq(user.id, 1), user.name))])).toThrow(
      'the variable item of a loop is used outside that loop',
    );
  });
});

describe('values of a user', () => {
  test('that are optional maps or lists are printed by with', () => {
    expect(printed('x', t.optional(v.labels))).toBe(
      text('{{- with .Values.labels }}', 'x:', '  {{- toYaml . | nindent 2 }}', '{{- end }}'),
    );
    expect(evaluated(t.optional(v.labels), { labels: {} })).toBeUndefined();
  });

  test('spread among fixed items', () => {
    const tree = ['first', t.spread(v.list)];
    expect(printed('x', tree)).toBe(
      text('x:', '  - first', '  {{- with .Values.list }}', '  {{- toYaml . | nindent 2 }}', '  {{- end }}'),
    );
    expect(evaluated(tree)).toEqual(['first', 'a', 'b']);
  });

  test('spread among fixed fields, which win', () => {
    const tree = { app: 'fixed', tier: t.when(v.nested.deep.flag, 'x'), ...t.spreadFields(v.labels) };
    expect(printed('x', tree)).toContain('{{- with omit .Values.labels "app" "tier" }}');
    expect(evaluated(tree, { labels: { app: 'mine', tier: 'mine', other: 'o' } })).toEqual({
      app: 'fixed',
      other: 'o',
    });
  });

  test('spread alone are the map itself', () => {
    expect(printed('x', { ...t.spreadFields(v.labels) })).toBe(printed('x', t.optional(v.labels)));
  });

  test('spread once in a map', () => {
    expect(() => toTree({ ...t.spreadFields(v.labels), ...t.spreadFields(t.mergeMaps(v.labels, v.labels)) })).toThrow(
      'join the maps by mergeMaps()',
    );
  });

  test('spread under a condition with fixed items', () => {
    const tree = ['a', t.spread(t.when<readonly string[]>(v.on, ['b', 'c']))];
    expect(printed('x', tree)).toBe(text('x:', '  - a', '  {{- if .Values.on }}', '  - b', '  - c', '  {{- end }}'));
    expect(evaluated(tree, { on: false })).toEqual(['a']);
  });
});

describe('a loop', () => {
  test('declares the variables that its body reads', () => {
    expect(printed('x', [t.each(v.list, (item, index) => `${index}-${item}`)])).toContain(
      'range $index, $item := .Values.list',
    );
    expect(printed('x', [t.each(v.list, (item) => item)])).toContain('range $item := .Values.list');
    expect(printed('x', [1, t.each(t.range(v.count), () => 2)])).toContain('range until (int .Values.count)');
  });

  test('names the root inside, and nested variables apart', () => {
    const nested = t.each(v.users, (user) => ({
      all: [t.each(user.groups, (group) => `${user.name} ${group} ${v.text}`)],
    }));
    expect(printed('x', ['first', nested])).toContain(
      '- {{ printf "%s %s %s" $item.name $item2 $.Values.text | quote }}',
    );
    expect(evaluated([nested])).toEqual([{ all: ['ann x some text', 'ann y some text'] }]);
  });

  test('takes a name for its variable', () => {
    expect(printed('x', [t.each(v.users, (user) => user.id, 'user')])).toContain('- {{ int $user.id }}');
  });

  test('walks a map by its sorted keys', () => {
    const tree = [t.eachEntry(v.labels, (key, value) => `${key}=${value}`)];
    expect(printed('x', tree)).toContain('{{- range $key, $value := .Values.labels }}');
    expect(evaluated(tree)).toEqual(['a=1', 'b=2']);
  });

  test('counts without a cast', () => {
    expect(printed('x', [t.each(t.range(2), (ordinal) => t.add(ordinal, 1))])).toContain('- {{ add $ordinal 1 }}');
  });
});

describe('a text', () => {
  test.each([
    ['several parts', `${v.text}:${v.count}`, '{{ printf "%s:%d" .Values.text (int .Values.count) | quote }}'],
    ['a number alone', `${v.count}`, '{{ int .Values.count | quote }}'],
    ['a float alone', `${v.ratio}`, '{{ .Values.ratio | toJson | quote }}'],
    ['a percent sign', `100% ${v.text}`, '{{ printf "100%% %s" .Values.text | quote }}'],
    ['words around a plain literal', `${v.word}-redis-${v.count}`, '{{ .Values.word }}-redis-{{ int .Values.count }}'],
    ['words around a short literal', `${v.word}-x`, '{{ printf "%s-x" .Values.word | quote }}'],
    ['quotes', `"${v.text}"`, '{{ printf "\\"%s\\"" .Values.text | quote }}'],
  ])('of %s', (_, value, template) => {
    expect(printedValue(value)).toBe(template);
  });

  test('is nothing but text: a number in a template literal is quoted', () => {
    expect(evaluated(`${v.count}`)).toBe('3');
  });
});

describe('a literal', () => {
  test.each([
    ['plain', 'redis', 'redis'],
    ['a number', '6379', '"6379"'],
    ['a word of YAML 1.1', 'on', '"on"'],
    ['an octal of YAML 1.2', '0o17', '"0o17"'],
    ['a sexagesimal', '190:20', '"190:20"'],
    ['empty', '', '""'],
    ['an action', 'a {{ b }}', 'a {{ "{{" }} b }}'],
    ['blank lines at the end', 'a\n\n', '"a\\n\\n"'],
    ['lines', 'a: {{ b }}\nc\n', '|\n  a: {{ "{{" }} b }}\n  c'],
  ])('that is %s', (_, value, yaml) => {
    expect(printedValue(value)).toBe(yaml);
  });
});

test('a manifest has no null, no function and no instance of a class', () => {
  expect(() => toTree({ a: null })).toThrow('no null');
  expect(() => toTree({ a: new Date(0) })).toThrow('an instance of Date');
  expect(() => toTree({ a: () => 1 })).toThrow('a function');
});

test('a line that is too long to read is refused', () => {
  const parts = Array.from({ length: 12 }, () => `${v.text}`).join('/');
  expect(() => printed('x', parts)).toThrow(/at most 160: give a part a helper\(\)/);
});

test('a template that is too long to read is refused', () => {
  expect(() =>
    printed(
      'x',
      Array.from({ length: 300 }, () => 'y'),
    ),
  ).toThrow('at most 300');
});

describe('a template file', () => {
  const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };

  test('has a header', () => {
    expect(t.printTemplate(toTree(object), 'Generated.').split('\n')[0]).toBe('{{- /* Generated. */ -}}');
  });

  test('holds objects made in a loop', () => {
    const services = t.includeEach(t.range(v.count), (ordinal) => ({
      ...object,
      metadata: { name: `node-${ordinal}` },
    }));
    expect(t.printTemplate(services).split('\n').slice(0, 3)).toEqual([
      '{{- range $ordinal := until (int .Values.count) }}',
      '---',
      'apiVersion: v1',
    ]);
    expect(t.evaluateDocument(services, context())).toHaveLength(3);
  });

  test('ends with a comment where a value of a user could lose its last line feeds', () => {
    const open = toTree({ ...object, spec: { selector: t.optional(v.labels) } });
    expect(t.printTemplate(open as t.Document)).toMatch(/# The end of the object\.\n$/);
  });
});
