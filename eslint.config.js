import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

// Which way the arrows go: a room may import itself and the rooms listed before it (CONTRIBUTING.md).
const base = ['config', 'log', 'metrics', 'resilience'];
const capabilities = ['redis', 'bus', 'streams', 'queue', 'dispatch'];
const programs = ['operations', 'client', 'gateway', 'worker', 'agent', 'doctor'];
const below = {
  config: [],
  log: [],
  metrics: [],
  resilience: [],
  ...Object.fromEntries(capabilities.map((room, at) => [room, [...base, ...capabilities.slice(0, at)]])),
  operations: [...base, ...capabilities],
  ...Object.fromEntries(programs.slice(1).map((room) => [room, [...base, ...capabilities, 'operations']])),
  commands: [...base, ...capabilities, ...programs],
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
  {
    plugins: { boundaries },
    settings: {
      'boundaries/elements': [
        ...rooms.map((room) => ({ type: room, pattern: `app/${room}{,.ts,/**}`, mode: 'full' })),
        { type: 'cdk8s', pattern: 'cdk8s/**', mode: 'full' },
        { type: 'test', pattern: 'test/**', mode: 'full' },
        { type: 'examples', pattern: 'examples/**', mode: 'full' },
      ],
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: [
            ...rooms.map((room) => ({ from: room, allow: [room, ...below[room]] })),
            { from: 'cdk8s', allow: ['cdk8s', 'config'] },
            { from: ['test', 'examples'], allow: ['*'] },
          ],
        },
      ],
    },
  },
);
