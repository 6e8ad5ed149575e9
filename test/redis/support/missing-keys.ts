import type { ScriptedCluster, ServerName } from './scripted-cluster.js';

/** How many of the keys a node does not have. */
export async function missingKeys(
  cluster: ScriptedCluster,
  node: ServerName,
  keys: readonly string[],
): Promise<number> {
  let found = 0;
  for (let at = 0; at < keys.length; at += 500)
    found += Number(await cluster.cli(node, 'EXISTS', ...keys.slice(at, at + 500)));
  return keys.length - found;
}
