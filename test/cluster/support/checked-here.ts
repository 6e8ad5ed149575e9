import type { ValuesSchema } from '../../helm/support/arbitrary-values.js';

/** Amounts that must fit each other, and what the cluster must be made for. */
const apart = ['resources', 'ipFamily', 'ipFamilyPolicy'];

/**
 * The schema without the values that only the API server checks: parts of Kubernetes objects that a user writes, and what is named above. They keep their defaults.
 */
export function checkedHere(schema: ValuesSchema): ValuesSchema {
  if (schema.properties === undefined) return schema;
  const kept = Object.entries(schema.properties).filter(([name, value]) => !apart.includes(name) && !isFreeLeaf(value));
  return {
    ...schema,
    properties: Object.fromEntries(kept.map(([name, value]) => [name, checkedHere(value)])),
    required: kept.map(([name]) => name).filter((name) => schema.required?.includes(name) === true),
  };
}

/** A section is no leaf: what is free in it is left out by itself. */
const isFreeLeaf = (value: ValuesSchema): boolean => value.properties === undefined && isFree(value);

/** Anything may stand somewhere in it. */
function isFree({ type, properties = {}, items, additionalProperties, anyOf = [] }: ValuesSchema): boolean {
  const inner = [items, additionalProperties, ...anyOf, ...Object.values(properties)];
  const isOpen = type === undefined && anyOf.length === 0;
  return isOpen || inner.some((part) => typeof part === 'object' && isFree(part));
}
