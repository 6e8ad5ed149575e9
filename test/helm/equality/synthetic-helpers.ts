import type * as engine from '../../../cdk8s/template/index.js';
import type { SyntheticValues } from './synthetic-values.js';

/** The engine under test: the real one, or a mutant. */
export type Engine = typeof engine;
export type Values = engine.Refs<SyntheticValues>;
/** Named templates: names, a condition, texts made in loops, files of lines. */
export function makeHelpers(t: Engine, v: Values) {
  const base = t.orElse(v.word, t.chart.name);
  const fullname = t.helper(
    'synthetic.fullname',
    t.when(
      v.fullnameOverride,
      t.truncate(v.fullnameOverride, 63),
      t.when(
        t.contains(t.release.name, base),
        t.truncate(t.release.name, 63),
        t.truncate(`${t.release.name}-${base}`, 63),
      ),
    ),
  );
  const both = t.helper('synthetic.both', t.and(v.first.enabled, t.or(v.second.enabled, v.first.value)));
  const nodes = t.helper(
    'synthetic.nodes',
    `nodes=${t.joinEach(t.range(v.replicas), (ordinal, index) => `${fullname}-${ordinal}:${v.second.port}/${index}`, ', ')};${t.joinEach(v.users, (user) => t.ternary(user.enabled, user.name, 'off'), '%')}`,
  );
  const file = t.helper(
    'synthetic.file',
    t.lines(
      '# {{ braces }} stay, and { too',
      `port ${v.second.port} {${v.word}}`,
      '',
      t.when(
        v.first.enabled,
        ['enabled', '  indented', t.when(v.second.enabled, 'both ')],
        t.when(both, 'one', ['none', 'at all']),
      ),
      'trailing ',
      t.spread(v.extraConfig),
      t.each(v.users, (user, index) => [`user ${index} ${user.id}`, t.each(user.groups, (group) => `group ${group}`)]),
      t.eachEntry(v.endpoints, (_, endpoint) => `endpoint ${endpoint.host}:${endpoint.port}`),
      t.spread(t.when(t.gt(v.replicas, 1), ['several', `ratio ${v.ratio} ${v.first.enabled}`])),
      `nodes ${v.replicas}`,
    ),
  );
  const loose = t.helper('synthetic.loose', t.lines(`${v.word}`, 'end'));
  return { fullname, both, nodes, file, loose };
}

export type Helpers = ReturnType<typeof makeHelpers>;
