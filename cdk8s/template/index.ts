export { TemplateChart } from './chart.js';
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
  each,
  eachEntry,
  helper,
  joinEach,
  lines,
  optional,
  spread,
  spreadFields,
  verbatim,
  when,
  type Line,
} from './structure.js';
export type { Arg, ListItem, Templated, Text } from './templated.js';
