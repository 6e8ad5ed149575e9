/** What Helm makes of a chart's defaults and a values file: maps merge, null deletes, everything else replaces. */
export function mergeValues(defaults: unknown, given: unknown): unknown {
  if (!isMap(defaults) || !isMap(given)) return given;
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value === null) {
      Reflect.deleteProperty(merged, key);
    } else {
      merged[key] = key in defaults ? mergeValues(defaults[key], value) : value;
    }
  }
  return merged;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
