import { App } from 'cdk8s';
import { stringify } from 'yaml';
import type * as engine from '../../../cdk8s/template/index.js';
import type { Synth } from '../support/equality.js';
import { addFunctions } from './synthetic-functions.js';
import { makeHelpers, type Engine, type Values } from './synthetic-helpers.js';
import { addLoops } from './synthetic-loops.js';
import { addStructure } from './synthetic-structure.js';
import { syntheticDefaults, syntheticSchema, type SyntheticValues } from './synthetic-values.js';

/** A chart that uses every feature of the engine: its files, and its plain rendering. */
export interface SyntheticChart {
  readonly files: Readonly<Record<string, string>>;
  readonly synth: Synth;
}

const metadata = {
  apiVersion: 'v2',
  name: 'synthetic',
  version: '0.1.0+build',
  appVersion: '7.4',
  type: 'application',
};

/** The chart as the given engine makes it; tests give their mutants here. */
export function syntheticChart(t: Engine): SyntheticChart {
  const v = t.values<SyntheticValues>(syntheticSchema);
  const helpers = makeHelpers(t, v);
  const refusals = makeRefusals(t, v);
  const bundle = (values: unknown, release: { name: string; namespace: string }): engine.TemplateChart => {
    const chart = new t.TemplateChart(
      new App(),
      'synthetic',
      {
        Values: values,
        Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm' },
        Chart: { Name: metadata.name, Version: metadata.version, AppVersion: metadata.appVersion },
      },
      refusals,
    );
    addFunctions(t, v, chart);
    addStructure(t, v, chart, helpers);
    addLoops(t, v, chart, helpers);
    return chart;
  };
  const trees = bundle(syntheticDefaults, { name: 'any', namespace: 'any' }).trees();
  return {
    files: {
      'Chart.yaml': stringify(metadata, { version: '1.1' }),
      'values.yaml': stringify(syntheticDefaults, { version: '1.1' }),
      'values.schema.json': JSON.stringify(syntheticSchema),
      'templates/_helpers.tpl': t.printHelpers(Object.values(helpers), 'Helpers.'),
      'templates/refusals.yaml': t.printRefusals(refusals),
      'templates/NOTES.txt': t.printText(t.lines('Notes', t.when(v.first.enabled, 'enabled'))),
      ...Object.fromEntries(trees.map(({ file, tree }) => [`templates/${file}`, t.printTemplate(tree, 'Generated.')])),
    },
    synth: (values, release) => bundle(values, release).toJson(),
  };
}

const makeRefusals = (t: Engine, v: Values): engine.Refusal[] => [
  t.refuse({
    id: 'divisor-zero',
    check: t.eq(v.divisor, 0),
    message: `divisor is ${v.divisor}${v.replicas}, but nothing can be divided by zero, "quoted" or not: choose another number, for example ${v.mode}.`,
  }),
  t.refuse({ id: 'too-many', check: t.and(t.gt(v.replicas, 6), t.eq(v.mode, 'Never')), message: 'too many replicas' }),
];
