import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestRelease } from '../support/release.js';
import { eventually, kubectl } from '../support/tools.js';

const run = promisify(execFile);
const reachableMs = 120_000;

/** The nodes that take pods. */
export async function schedulableNodes(): Promise<string[]> {
  const nodes = await kubectl('get', 'nodes', '--field-selector=spec.unschedulable=false', '-o', 'name');
  return nodes.split('\n').flatMap((line) => (line === '' ? [] : line.replace('node/', '')));
}

export const nodeOf = (release: TestRelease, pod: string): Promise<string> =>
  release.kubectl('get', pod, '-o', 'jsonpath={.spec.nodeName}');

/** Moves the pods of a release off a node as its upgrade would, and lets it take pods again after `emptied`. */
export async function drain(release: TestRelease, node: string, emptied: () => Promise<void>): Promise<void> {
  try {
    const ours = `--pod-selector=app.kubernetes.io/instance=${release.name}`;
    await kubectl('drain', node, ours, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=110s');
    await emptied();
  } finally {
    await kubectl('uncordon', node);
  }
}

/** How a node is cut off depends on the cluster: programs that get the name of the node. */
export const cutNodeCommand = process.env['E2E_CUT_NODE'];
export const healNodeCommand = process.env['E2E_HEAL_NODE'];

/** Takes a node off the network, and gives it back after `isolated`. */
export async function cut(node: string, isolated: () => Promise<void>): Promise<void> {
  try {
    await run(cutNodeCommand ?? '', [node]);
    await isolated();
  } finally {
    await run(healNodeCommand ?? '', [node]);
  }
  await eventually(`node ${node} reachable`, reachableMs, async () => {
    const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
    return (await kubectl('get', 'node', node, '-o', path)) === 'True' ? true : undefined;
  });
}
