import { describe, expect, test } from '@jest/globals';
import * as t from '../../../cdk8s/template/index.js';
import { context, printed, v } from './support/example.js';

const text = (...lines: readonly string[]): string => lines.join('\n');

describe('a helper', () => {
  test('of a chain is a readable define', () => {
    const name = t.helper(
      'demo.name',
      t.when(v.other, v.other, t.when(v.on, t.truncate(`${t.release.name}-${v.word}`, 63), 'none')),
    );
    expect(t.printHelpers([name], 'Helpers.')).toBe(
      text(
        '{{- /* Helpers. */ -}}',
        '{{- define "demo.name" -}}',
        '{{- if .Values.other }}',
        '{{- .Values.other }}',
        '{{- else if .Values.on }}',
        '{{- printf "%s-%s" .Release.Name .Values.word | trunc 63 | trimSuffix "-" }}',
        '{{- else }}',
        '{{- "none" }}',
        '{{- end }}',
        '{{- end }}',
        '',
      ),
    );
    expect(t.evaluate(name, context())).toBe('rel-word');
  });

  test('is included with the root, also inside a loop', () => {
    const name = t.helper('demo.name', v.text);
    expect(printed('x', name)).toBe('x: {{ include "demo.name" . | quote }}');
    expect(printed('x', [1, t.each(v.list, () => name)])).toContain('- {{ include "demo.name" $ | quote }}');
  });

  test('of a condition is a condition', () => {
    const both = t.helper('demo.both', t.and(v.on, v.text));
    expect(t.printHelpers([both])).toBe(
      text('{{- define "demo.both" -}}', '{{- if and .Values.on .Values.text }}true{{ end }}', '{{- end }}', ''),
    );
    expect(printed('x', t.when(both, 1))).toContain('{{- if include "demo.both" . }}');
    expect(printed('x', t.when(t.not(both), 1))).toContain('{{- if not (include "demo.both" .) }}');
    expect(printed('x', both)).toBe('x: {{ eq (include "demo.both" .) "true" }}');
    expect(t.evaluate(both, context({ text: '' }))).toBe(false);
  });

  test('does not see the loop that includes it', () => {
    const leak = t.each(v.list, (item) => t.helper('demo.leak', item));
    expect(() => t.evaluateDocument(leak, context())).toThrow('a helper does not see it');
  });

  test('is a text or a condition', () => {
    expect(() => t.helper('demo.count', v.count as unknown as t.Expr<string>)).toThrow('got a int');
  });
});

describe('text made in a loop', () => {
  const nodes = t.helper(
    'demo.nodes',
    `all: ${t.joinEach(t.range(v.count), (ordinal) => `${v.word}-${ordinal}:6379`, ' ')}`,
  );

  test('is collected by statements and joined', () => {
    expect(t.printHelpers([nodes])).toBe(
      text(
        '{{- define "demo.nodes" -}}',
        '{{- $pieces := list }}',
        '{{- range $ordinal := until (int .Values.count) }}',
        '{{- $pieces = append $pieces (printf "%s-%d:6379" $.Values.word $ordinal) }}',
        '{{- end }}',
        '{{- printf "all: %s" (join " " $pieces) }}',
        '{{- end }}',
        '',
      ),
    );
    expect(t.evaluate(nodes, context())).toBe('all: word-0:6379 word-1:6379 word-2:6379');
  });

  test('stands in a longer text, a field and a line by its helper', () => {
    expect(printed('x', `${nodes}!`)).toBe('x: {{ printf "%s!" (include "demo.nodes" .) | quote }}');
    expect(t.printText(t.lines(`nodes ${nodes}`))).toBe('nodes {{ include "demo.nodes" . }}\n');
  });

  test('needs that helper', () => {
    expect(() =>
      printed(
        'x',
        t.joinEach(v.list, (item) => item, ' '),
      ),
    ).toThrow('put it in the body of a helper()');
  });
});

describe('a file of lines', () => {
  const file = t.helper(
    'demo.conf',
    t.lines(
      '# {{ braces }}',
      `port ${v.count}`,
      '',
      t.when(v.on, ['one', 'two '], 'three'),
      t.when(v.text, t.when(v.other, 'deep')),
      t.each(v.users, (user) => [`user ${user.name}`, t.spread(user.groups)], 'user'),
      t.spread(v.list),
    ),
  );

  test('is printed line by line', () => {
    expect(t.printHelpers([file])).toBe(
      text(
        '{{- define "demo.conf" -}}',
        '# {{ "{{" }} braces }}',
        'port {{ int .Values.count }}',
        '{{ "" }}',
        '{{- if .Values.on }}',
        'one',
        'two {{ "" }}',
        '{{- else }}',
        'three',
        '{{- end }}',
        '{{- if .Values.text }}',
        '{{- if .Values.other }}',
        'deep',
        '{{- end }}',
        '{{- end }}',
        '{{- range $user := .Values.users }}',
        'user {{ $user.name }}',
        '{{- range $user.groups }}',
        '{{ . }}',
        '{{- end }}',
        '{{- end }}',
        '{{- range .Values.list }}',
        '{{ . }}',
        '{{- end }}',
        '{{ end }}',
        '',
      ),
    );
  });

  test('is evaluated with a line feed behind every line', () => {
    expect(t.evaluate(file, context())).toBe('# {{ braces }}\nport 3\n\none\ntwo \nuser ann\nx\ny\na\nb\n');
  });

  test('is a block in a manifest, and a hash in an annotation', () => {
    expect(printed('conf', file)).toBe('conf: |\n  {{- include "demo.conf" . | nindent 2 }}');
    expect(printed('hash', t.sha256(file))).toBe('hash: {{ include "demo.conf" . | sha256sum | quote }}');
  });

  test('that may start with a space tells its indentation', () => {
    expect(printed('conf', t.helper('demo.loose', t.lines(v.text)))).toMatch(/^conf: \|2\n/);
  });

  test('starts with a line that is always there', () => {
    expect(() => t.lines(t.when(v.on, 'a'))).toThrow('must always be there');
    expect(() => t.lines(t.spread(v.list))).toThrow('must always be there');
    expect(() => t.lines(' a')).toThrow('white space');
  });

  test('needs a name inside a manifest', () => {
    expect(() => printed('x', t.lines('a'))).toThrow('wrap them in helper()');
  });
});

test('parts of manifests have names too', () => {
  const labels = t.partial<Record<string, string>>('demo.labels', { app: v.text });
  expect(t.printHelpers([labels])).toBe(
    text('{{- define "demo.labels" -}}', 'app: {{ .Values.text | quote }}', '{{- end }}', ''),
  );
  expect(printed('labels', labels)).toBe('labels:\n  {{- include "demo.labels" . | nindent 2 }}');
  expect(t.evaluate(labels, context())).toEqual({ app: 'some text' });
});

test('files of the chart are read by the template', () => {
  const file = t.chartFile('scripts/a.sh', 'echo {{ a }}\n');
  expect(printed('a.sh', file)).toBe('a.sh: |\n  {{- .Files.Get "scripts/a.sh" | nindent 2 }}');
  expect(t.evaluate(file, context())).toBe('echo {{ a }}\n');
  expect(() => t.chartFile('scripts/a.sh', 'no line feed')).toThrow('end with a line feed');
});

test('when() inside an expression is refused where it would be printed', () => {
  expect(() => printed('x', `a ${t.when<string>(v.on, 'b', 'c')}`)).toThrow('use ternary()');
});
