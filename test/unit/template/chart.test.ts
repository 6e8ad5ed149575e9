import type { V1ConfigMap, V1Service } from '@kubernetes/client-node';
import { expect, test } from '@jest/globals';
import { ApiObject, App } from 'cdk8s';
import * as t from '../../../cdk8s/template/index.js';
import { context, v } from './support/example.js';

const tooMany = t.refuse({
  id: 'too-many',
  check: t.gt(v.count, 5),
  message: `count is ${v.count}, but at most 5 of them have a place of their own on this page, as everyone knows who has counted: lower it.`,
});
const never = t.refuse({ id: 'never', check: t.eq(v.mode, 'Never'), message: 'mode must not be Never' });

function chartOf(given = {}): t.TemplateChart {
  const chart = new t.TemplateChart(new App(), 'demo', context(given), [tooMany, never]);
  new t.Manifest<V1ConfigMap>(chart, 'demo-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: v.text },
    data: { mode: v.mode },
  });
  const services = new t.Manifest<V1Service>(
    chart,
    'demo-services',
    t.includeEach(v.ports, (port) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: `s-${port}` } })),
  );
  t.includeWhen(services, v.on);
  return chart;
}

test('a chart gives its templates by the names of its manifests', () => {
  expect(
    chartOf()
      .trees()
      .map(({ file }) => file),
  ).toEqual(['demo-configmap.yaml', 'demo-services.yaml']);
});

test('a chart gives plain manifests under its values, in the order they are written', () => {
  expect(chartOf().toJson()).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'some text' }, data: { mode: 'Always' } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 's-80' } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 's-443' } },
  ]);
});

test('what a condition leaves out is absent', () => {
  expect(chartOf({ on: false }).toJson()).toHaveLength(1);
});

test('refused values throw with every message', () => {
  expect(() => chartOf({ count: 6, mode: 'Never' }).toJson()).toThrow(t.RefusedValues);
  expect(() => chartOf({ count: 6, mode: 'Never' }).toJson()).toThrow(
    /^count is 6, but .*: lower it\.\nmode must not be Never$/,
  );
});

test('refusals are templates that fail', () => {
  expect(t.printRefusals([tooMany, never])).toBe(
    [
      '{{- /* too-many */ -}}',
      '{{- if gt (int .Values.count) 5 }}',
      '{{- fail (print',
      '      "count is "',
      '      (int .Values.count)',
      '      ", but at most 5 of them have a place of their own on this page, as everyone knows who has counted: "',
      '      "lower it."',
      '    ) }}',
      '{{- end }}',
      '{{- /* never */ -}}',
      '{{- if eq .Values.mode "Never" }}',
      '{{- fail "mode must not be Never" }}',
      '{{- end }}',
      '',
    ].join('\n'),
  );
});

test('a construct that is no Manifest is refused, since it would lose expressions', () => {
  const chart = chartOf();
  new ApiObject(chart, 'foreign', { apiVersion: 'v1', kind: 'Service' });
  expect(() => chart.trees()).toThrow('demo/foreign is no Manifest');
});

test('a manifest needs a type that is known now', () => {
  const chart = chartOf();
  const write = () => new t.Manifest<V1Service>(chart, 'odd', { apiVersion: 'v1', kind: `${v.text}` });
  expect(write).toThrow('an apiVersion and a kind that are known now');
});
