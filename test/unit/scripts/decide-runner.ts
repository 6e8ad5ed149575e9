import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** The facts of decide.sh, in its own words. */
export interface Facts {
  readonly ordinal: number;
  readonly localData: 'kept' | 'none';
  readonly lastStop: 'clean' | 'unclean';
  readonly votes: readonly string[];
  /** One for each node in ordinal order, `me` among them. */
  readonly peers: readonly string[];
  /** `ORDINAL@EPOCH`. @default none */
  readonly record?: string;
  readonly forcePrimary: number | undefined;
  readonly failoverAnswer: '' | 'no-good-replica';
  readonly patience: 'new' | 'left' | 'spent';
}

export interface Decision {
  readonly decision: string;
  /** The node to follow. */
  readonly leader: number | undefined;
  readonly reason: string;
}

const program = `
. "$1"
while IFS='|' read -r ordinal local_data last_stop votes peers record force_primary failover_answer patience; do
  leader= decision= reason=
  decide_start
  echo "$decision|$leader|$reason"
done`;

/** Runs decide.sh over all the given facts in one shell. */
export async function decideAll(cases: readonly Facts[]): Promise<Decision[]> {
  const script = resolve('cdk8s/scripts/decide.sh');
  const run = promisify(execFile)('sh', ['-eu', '-c', program, 'sh', script], { maxBuffer: 512 * 1024 * 1024 });
  run.child.stdin?.end(cases.map((facts) => `${lineOf(facts)}\n`).join(''));
  const lines = (await run).stdout.trimEnd().split('\n');
  if (lines.length !== cases.length)
    throw new Error(`Expected ${cases.length} decisions, got ${lines.length}; the last is: ${lines.at(-1) ?? ''}`);
  return lines.map(decisionOf);
}

function lineOf(facts: Facts): string {
  const { ordinal, localData, lastStop, votes, peers, record = '', forcePrimary, failoverAnswer, patience } = facts;
  return [
    ordinal,
    localData,
    lastStop,
    votes.join(' '),
    peers.join(' '),
    record,
    forcePrimary ?? '',
    failoverAnswer,
    patience,
  ].join('|');
}

function decisionOf(line: string): Decision {
  const [decision = '', leader = '', reason = ''] = line.split('|');
  return { decision, leader: leader === '' ? undefined : Number(leader), reason };
}
