import tseslint from 'typescript-eslint';

// Which way the arrows go: a room of app/ may import itself and the rooms listed before it (CONTRIBUTING.md).
const base = ['config', 'log', 'metrics', 'resilience'];
const capabilities = ['certificates', 'redis', 'bus', 'streams', 'queue', 'dispatch'];
const programs = ['client', 'gateway', 'worker', 'agent', 'doctor'];
const below = {
  ...Object.fromEntries(base.map((room) => [room, []])),
  ...Object.fromEntries(capabilities.map((room, at) => [room, [...base, ...capabilities.slice(0, at)]])),
  operations: [...base, ...capabilities],
  ...Object.fromEntries(programs.map((room) => [room, [...base, ...capabilities, 'operations']])),
  commands: [...base, ...capabilities, 'operations', ...programs],
  main: ['commands'],
};
const rooms = Object.keys(below);

export default tseslint.config(
  { ignores: ['build', 'dist', '.moorline', '*.config.js', 'examples/**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // These two catch a native `if` on a chart value, which is always truthy: part of the rendering design.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/strict-boolean-expressions': ['error', { allowNullableObject: false }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        // A chart value in a template literal is the design, see cdk8s/template/tokens.ts.
        { allowNumber: true, allowBoolean: true, allow: [{ from: 'file', name: 'Expr' }] },
      ],
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
    },
  },
  ...rooms.map((room) => {
    const above = rooms.filter((other) => other !== room && !below[room].includes(other));
    return refuse(
      [`app/${room}.ts`, `app/${room}/**`],
      `^(\\./|(\\.\\./)+)(${above.join('|')})(/|\\.js$)|/(cdk8s|test|lab|bench)/`,
      'this room stands above, or beside',
    );
  }),
  refuse(['browser/**'], '^(?!\\./)', 'a web page has nothing but this folder'),
  refuse(
    ['cdk8s/**'],
    '/app/(?!config/)|/(test|lab|bench)/',
    'of app/, cdk8s/ may know the names of the environment alone',
  ),
);

/** Files that must not import what the pattern matches. */
function refuse(files, regex, message) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}
