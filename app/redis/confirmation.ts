import type { Command } from './connection.js';
import { askAppend, readAppend, type DiskPromise } from './disk.js';
import type { DurableReplies, DurableWait } from './types.js';

/** How far the writes before it have come. */
export type Confirmation = Pick<DurableReplies, 'confirmedReplicas' | 'onDisk'>;

/** What is sent behind writes to learn how far they have come, and how to read the answers. */
export interface Confirmer {
  readonly commands: readonly Command[];
  readonly read: (replies: readonly unknown[]) => Confirmation;
}

/** All replicas are waited for so long, before one is enough: their word needs no other. */
const allReplicasMs = 50;

/** `all` replicas are waited for a moment where more than the wanted ones are there. */
export function confirmerOf({ replicas, waitMs }: DurableWait, all: number, disk?: DiskPromise): Confirmer {
  // 0 would wait for ever.
  const timeoutMs = Math.max(1, Math.round(waitMs));
  const waits: readonly Command[] = [
    ...(replicas > 0 && all > replicas ? [['WAIT', all, allReplicasMs] as const] : []),
    ...(replicas > 0 ? [['WAIT', replicas, timeoutMs] as const] : []),
  ];
  switch (disk?.method) {
    case 'waitaof':
      return { commands: [['WAITAOF', 1, replicas, timeoutMs]], read: ([reply]) => readWaitAof(reply) };
    case 'always':
      // The server wrote to its disk before it answered, if it still runs that way.
      return {
        commands: [askAppend, ...waits],
        read: ([config, ...replied]) => ({
          confirmedReplicas: Number(replied.at(-1) ?? 0),
          onDisk: writesAlways(config),
        }),
      };
    default:
      return { commands: waits, read: (replied) => ({ confirmedReplicas: Number(replied.at(-1) ?? 0) }) };
  }
}

function writesAlways(config: unknown): boolean {
  const { appendonly, appendfsync } = readAppend(config);
  return appendonly === 'yes' && appendfsync === 'always';
}

function readWaitAof(reply: unknown): Confirmation {
  // Somebody has switched the append-only file off meanwhile.
  if (reply instanceof Error) return { confirmedReplicas: 0, onDisk: false };
  const [local, confirmedReplicas] = reply as readonly [number, number];
  return { confirmedReplicas, onDisk: local === 1 };
}

/** Whether the error says no more than that writes are not on disk. */
export function saysNotOnDisk(error: Error): boolean {
  return error.message.includes('WAITAOF cannot be used when numlocal is set');
}
