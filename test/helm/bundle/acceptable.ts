/** What the checks look at; left at its default, values are not refused. */
const checked = [
  ['redis', 'maxmemoryPolicy'],
  ['redis', 'replicas'],
  ['redis', 'minReplicasToWrite'],
  ['redis', 'bootstrap'],
  ['redis', 'terminationGracePeriodSeconds'],
  ['sentinel', 'replicas'],
  ['sentinel', 'quorum'],
  ['sentinel', 'downAfterMs'],
  ['sentinel', 'failoverTimeoutMs'],
  ['worker', 'handlers', 'module'],
  ['worker', 'autoscaling', 'minReplicas'],
  ['worker', 'autoscaling', 'maxReplicas'],
] as const;
const components = ['redis', 'sentinel', 'gateway', 'worker', 'agent'] as const;

/** Random values, changed so that no check refuses them. */
export function acceptable(random: unknown): unknown {
  const values = structuredClone(random) as Tree;
  for (const path of checked) remove(values, path);
  for (const component of components) limitMemory(values[component]);
  const external = isTree(values['external']) ? values['external'] : {};
  openForPushes(values);
  attachRoute(values);
  nameCertificates(values);
  beginWithLetter(values);
  const uri = values['mode'] === 'external' ? 'redis://redis.databases:6379' : '';
  return { ...values, external: { ...external, uri } };
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function remove(values: Tree, [key, ...rest]: readonly string[]): void {
  if (key === undefined) return;
  const part = values[key];
  if (rest.length === 0) Reflect.deleteProperty(values, key);
  else if (isTree(part)) remove(part, rest);
}

function beginWithLetter(values: Tree): void {
  const { fullnameOverride: name } = values;
  if (typeof name === 'string') values['fullnameOverride'] = name.replace(/^[0-9]/, 'n');
}

/** Pushes need an egress rule, as long as there are policies. */
function openForPushes({ worker, networkPolicy }: Tree): void {
  const rules =
    isTree(networkPolicy) && isTree(networkPolicy['worker']) ? networkPolicy['worker']['egress'] : undefined;
  if (isTree(worker) && (!Array.isArray(rules) || rules.length === 0)) Reflect.deleteProperty(worker, 'push');
}

/** A route needs a Gateway. */
function attachRoute({ gateway }: Tree): void {
  const route = isTree(gateway) ? gateway['httpRoute'] : undefined;
  if (isTree(route)) route['parentRefs'] = [{ name: 'public' }];
}

/** Where they come from, and from nowhere else. */
function nameCertificates({ tls, mode = 'sentinel', agent }: Tree): void {
  if (!isTree(tls)) return;
  const hasAgent = mode === 'sentinel' && !(isTree(agent) && agent['enabled'] === false);
  if ((tls['source'] ?? 'generated') === 'generated' && !hasAgent) tls['enabled'] = false;
  if (tls['source'] === 'existingSecret') tls['existingSecrets'] = { redis: 'redis-tls', gateway: 'gateway-tls' };
  else Reflect.deleteProperty(tls, 'existingSecrets');
  if (tls['source'] === 'certManager') tls['certManager'] = { issuer: 'cluster' };
}

function limitMemory(component: unknown): void {
  if (!isTree(component) || !isTree(component['resources'])) return;
  const { resources } = component;
  const limits = isTree(resources['limits']) ? resources['limits'] : {};
  resources['limits'] = { ...limits, memory: '1Gi' };
}
