/**
 * One definition, two renderings: manifests under given values (`TemplateChart.toJson`, `evaluate`), and the templates
 * of a Helm chart (`printTemplate`, `printHelpers`, `printText`, `printRefusals`).
 *
 * @example
 * const v = values<Values>(schema);
 * const nodes = helper('demo.nodes', joinEach(range(v.replicas), (ordinal) => `${fullname}-${ordinal}:6379`, ' '));
 * new Manifest<V1StatefulSet>(this, 'redis-statefulset', {
 *   apiVersion: 'apps/v1',
 *   kind: 'StatefulSet',
 *   metadata: { name: `${fullname}-redis`, labels: { ...labels, ...spreadFields(v.commonLabels) } },
 *   spec: {
 *     replicas: v.replicas,
 *     template: { spec: { nodeSelector: optional(v.nodeSelector), containers: [when(v.metrics.enabled, { name: 'metrics' })] } },
 *   },
 * });
 */
export { TemplateChart } from './chart.js';
export { existingAnnotation, existingAsJson } from './cluster.js';
export { evaluate, evaluateDocument, type Context } from './evaluate.js';
export type { Document, Expr, Items, JsonSchema, Tree } from './expr.js';
export { includeEach, includeWhen, Manifest, type ManifestOf } from './manifest.js';
export {
  add,
  and,
  concat,
  contains,
  div,
  eq,
  ge,
  gt,
  hasPrefix,
  hasSuffix,
  isEmpty,
  join,
  le,
  lower,
  lt,
  matches,
  max,
  mergeMaps,
  min,
  mod,
  mul,
  ne,
  not,
  or,
  orElse,
  range,
  replace,
  sha256,
  sub,
  ternary,
  toJson,
  trimSuffix,
  truncate,
} from './operators.js';
export { printHelpers, printText } from './print-text.js';
export { printTemplate } from './print-yaml.js';
export { chart, release, values, type Refs } from './refs.js';
export { enforce, printRefusals, refuse, RefusedValues, type Refusal } from './refuse.js';
export {
  chartFile,
  each,
  eachEntry,
  helper,
  joinEach,
  lines,
  optional,
  partial,
  spread,
  spreadFields,
  verbatim,
  when,
  type Line,
} from './structure.js';
export type { Arg, ListItem, Templated, Text } from './templated.js';
