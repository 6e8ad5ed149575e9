/** A mistake that must not compile, and the same thing written right. */
export interface Snippet {
  readonly mistake: string;
  readonly wrong: string;
  readonly right: string;
  /** The code of TypeScript's error, at the line of the mistake. */
  readonly code: number;
}

const statefulSet = (spec: string): string =>
  `new t.Manifest<V1StatefulSet>(chart, 'a', { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { ${spec} } });`;
const podSpec = (fields: string): string =>
  statefulSet(`serviceName: 'a', selector: {}, template: { spec: { ${fields} } }`);
const sets = (replicas: string): string =>
  statefulSet(`serviceName: 'a', selector: {}, template: {}, replicas: ${replicas}`);

const services = (fields: string): string =>
  `new t.Manifest<V1Service>(chart, 'a', t.includeEach(t.range(3), (ordinal) => ({ apiVersion: 'v1', kind: 'Service', ${fields} })));`;

/** Mistakes in places, in fields and in operators. `v`, `t` and `chart` are declared around each snippet. */
export const snippets: readonly Snippet[] = [
  { mistake: 'a text where a number belongs', wrong: sets('v.text'), right: sets('v.count'), code: 2322 },
  { mistake: 'a literal of the wrong type', wrong: sets("'three'"), right: sets('3'), code: 2322 },
  {
    mistake: 'a conditional text where a number belongs',
    wrong: sets("t.when(v.on, 'a')"),
    right: sets('t.when(v.on, 3)'),
    code: 2345,
  },
  {
    mistake: 'alternatives of which one is wrong',
    wrong: sets('t.when(v.on, 3, v.text)'),
    right: sets('t.when(v.on, 3, v.count)'),
    code: 2345,
  },
  {
    mistake: 'a choice of texts where a number belongs',
    wrong: sets("t.ternary(v.on, 'a', 'b')"),
    right: sets('t.ternary(v.on, 1, 2)'),
    code: 2322,
  },
  {
    mistake: 'arithmetic in the place of a text',
    wrong: podSpec('containers: [{ name: t.add(v.count, 1) }]'),
    right: podSpec('containers: [{ name: `${t.add(v.count, 1)}` }]'),
    code: 2322,
  },
  {
    mistake: 'a required field under a condition',
    wrong: podSpec("containers: [{ name: t.when(v.on, 'a') }]"),
    right: podSpec("containers: [{ name: 'a', image: t.when(v.on, 'a') }]"),
    code: 2322,
  },
  {
    mistake: 'an unknown field',
    wrong: podSpec("containers: [{ name: 'a', imagee: 'b' }]"),
    right: podSpec("containers: [{ name: 'a', image: 'b' }]"),
    code: 2353,
  },
  {
    mistake: 'an unknown field under a condition',
    wrong: podSpec("containers: [t.when(v.on, { name: 'a', imagee: 'b' })]"),
    right: podSpec("containers: [t.when(v.on, { name: 'a', image: 'b' })]"),
    code: 2353,
  },
  {
    mistake: 'a wrong field of an item of a loop',
    wrong: podSpec('containers: [t.each(v.users, (user) => ({ name: user.id }))]'),
    right: podSpec('containers: [t.each(v.users, (user) => ({ name: user.name }))]'),
    code: 2322,
  },
  {
    mistake: 'an unknown field of objects made in a loop',
    wrong: services('metadata: { nam: `a-${ordinal}` }'),
    right: services('metadata: { name: `a-${ordinal}` }'),
    code: 2353,
  },
  {
    mistake: 'a loop as the value of a field',
    wrong: podSpec('containers: [], nodeName: t.each(v.list, (item) => item)'),
    right: podSpec("containers: [{ name: 'a', args: [t.each(v.list, (item) => item)] }]"),
    code: 2322,
  },
  {
    mistake: 'a list of the wrong items',
    wrong: podSpec("containers: [{ name: 'a', args: [t.spread(v.ports)] }]"),
    right: podSpec("containers: [{ name: 'a', args: [t.spread(v.list)] }]"),
    code: 2322,
  },
  {
    mistake: 'a free map in the place of a list',
    wrong: podSpec('containers: v.free'),
    right: podSpec('containers: t.verbatim(v.free)'),
    code: 2322,
  },
  { mistake: 'an unknown value', wrong: 'v.textt;', right: 'v.text;', code: 2551 },
  { mistake: 'an unknown field of a value', wrong: 'v.nested.deep.on;', right: 'v.nested.deep.flag;', code: 2339 },
  { mistake: 'a field of a free value', wrong: 'v.free.cpu;', right: 'v.free;', code: 2339 },
  { mistake: 'a comparison of a text', wrong: 't.gt(v.text, 1);', right: 't.gt(v.count, 1);', code: 2345 },
  { mistake: 'equality of different types', wrong: 't.eq(v.count, v.text);', right: 't.eq(v.count, 3);', code: 2345 },
  {
    mistake: 'equality with what a value can never be',
    wrong: "t.eq(v.mode, 'Sometimes');",
    right: "t.eq(v.mode, 'Never');",
    code: 2345,
  },
  { mistake: 'equality of lists', wrong: 't.eq(v.list, v.list);', right: 't.eq(v.text, v.other);', code: 2345 },
  {
    mistake: 'a condition that is known now',
    wrong: "t.when<string>(true, 'a');",
    right: "t.when<string>(v.on, 'a');",
    code: 2345,
  },
  { mistake: 'native arithmetic', wrong: 'v.count + 1;', right: 't.add(v.count, 1);', code: 2365 },
  { mistake: 'native comparison', wrong: 'v.count > 1;', right: 't.gt(v.count, 1);', code: 2365 },
  { mistake: 'native equality', wrong: "v.mode === 'Never';", right: "t.eq(v.mode, 'Never');", code: 2367 },
  {
    mistake: 'a fallback of another type',
    wrong: 't.orElse(v.count, v.text);',
    right: 't.orElse(v.count, 1);',
    code: 2345,
  },
  {
    mistake: 'a helper of a number',
    wrong: "t.helper('demo.a', v.count);",
    right: "t.helper('demo.a', v.text);",
    code: 2769,
  },
  { mistake: 'lines that are numbers', wrong: 't.lines(v.count);', right: 't.lines(`${v.count}`);', code: 2345 },
  {
    mistake: 'a check that is no condition',
    wrong: "t.refuse({ id: 'a', check: v.count, message: 'b' });",
    right: "t.refuse({ id: 'a', check: t.gt(v.count, 1), message: 'b' });",
    code: 2322,
  },
];

/** Native branches on a chart value: they compile, since an object is always true, and the linter refuses them. */
export const nativeBranches: readonly { readonly mistake: string; readonly wrong: string }[] = [
  { mistake: 'if', wrong: 'if (v.on) chart.toJson();' },
  { mistake: '!', wrong: 'export const off = !v.on;' },
  { mistake: '&&', wrong: 'export const both = v.on && v.text;' },
  { mistake: '||', wrong: 'export const any = v.text || v.other;' },
  { mistake: '? :', wrong: "export const choice = v.on ? 'a' : 'b';" },
  { mistake: '??', wrong: "export const given = v.text ?? 'a';" },
];
