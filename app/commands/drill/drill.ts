import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../../resilience/deadline.js';
import type { Api } from '../api.js';
import { UnavailableError } from '../exit-codes.js';
import { claimAll } from './claim-all.js';
import type { Node, Nodes } from './cluster-nodes.js';
import { startProducer } from './producer.js';

export interface DrillOptions {
  readonly api: Pick<Api, 'post'>;
  readonly nodes: Nodes;
  readonly queue: string;
  /** Of each step. */
  readonly timeoutMs: number;
  readonly onStep: (text: string) => void;
}

export interface DrillResult {
  /** Names of pods. */
  readonly from: string;
  readonly to: string;
  readonly acknowledged: number;
  /** Of these, how many are not in the queue any more. */
  readonly lost: number;
  /** Calls that the gateway refused or did not answer; each was sent again. */
  readonly failedCalls: number;
  /** Between two acknowledgements. */
  readonly longestStallMs: number;
}

const lookMs = 500;
/** So many jobs are handed in before and after. */
const enough = 20;

/** A planned failover under load. Rejects where it cannot begin or does not come to an end. */
export async function drill({ api, nodes, queue, timeoutMs, onStep }: DrillOptions): Promise<DrillResult> {
  const before = primaryOf(await nodes.read());
  // What a drill before has left behind, which was broken off.
  await claimAll(api, queue);
  const producer = startProducer(api, queue);
  try {
    await until('jobs are acknowledged', timeoutMs, () => producer.acknowledged.length >= enough);
    onStep(`${before.name} is primary, and jobs are acknowledged: its pod is deleted`);
    await nodes.stop(before.name);
    const after = await successorOf(before, nodes, timeoutMs);
    onStep(`${after.name} is primary`);
    await until(`${before.name} is back`, timeoutMs, async () => isBack(await nodes.read(), before));
    const then = producer.acknowledged.length;
    await until('jobs are acknowledged again', timeoutMs, () => producer.acknowledged.length >= then + enough);
    await producer.stop();
    const kept = await claimAll(api, queue);
    const result = {
      from: before.name,
      to: after.name,
      acknowledged: producer.acknowledged.length,
      lost: producer.acknowledged.filter((id) => !kept.has(id)).length,
      failedCalls: producer.failedCalls(),
      longestStallMs: producer.longestStallMs(),
    };
    onStep(summary(result));
    return result;
  } finally {
    await producer.stop();
  }
}

/** Throws where the drill has shown a loss. */
export function judge({ acknowledged, lost }: DrillResult): void {
  if (lost > 0) throw new Error(`Lost: ${lost} of ${acknowledged} jobs that were acknowledged are not in the queue`);
}

const summary = ({ acknowledged, lost, failedCalls, longestStallMs }: DrillResult): string =>
  `${acknowledged} jobs acknowledged, ${lost} lost, ${failedCalls} calls failed, longest stall ${longestStallMs} ms`;

function primaryOf(nodes: readonly Node[]): Node {
  const primary = nodes.find(({ isPrimary }) => isPrimary);
  if (primary !== undefined && nodes.every(({ isReady }) => isReady)) return primary;
  throw new UnavailableError(
    `Expected data nodes that are all ready, one of them labelled as primary by the agent; got ${nodes.map(describe).join(', ') || 'none'}`,
  );
}

const describe = ({ name, isPrimary, isReady }: Node): string =>
  `${name} (${isPrimary ? 'primary' : 'no primary'}, ${isReady ? 'ready' : 'not ready'})`;

async function successorOf(before: Node, nodes: Nodes, timeoutMs: number): Promise<Node> {
  const found: Node[] = [];
  await until('another node is primary', timeoutMs, async () => {
    found.push(...(await nodes.read()).filter(({ isPrimary, name }) => isPrimary && name !== before.name));
    return found.length > 0;
  });
  return found[0] ?? before;
}

const isBack = (nodes: readonly Node[], before: Node): boolean =>
  nodes.some(({ name, uid, isReady }) => name === before.name && uid !== before.uid && isReady);

async function until(what: string, timeoutMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Deadline.after(timeoutMs);
  while (!(await isSo())) {
    if (deadline.isPast) throw new UnavailableError(`Waited ${timeoutMs} ms in vain until ${what}`);
    await sleep(lookMs);
  }
}
