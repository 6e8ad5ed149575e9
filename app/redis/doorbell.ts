import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../resilience/deadline.js';
import { isMoorlineError, MoorlineError } from '../resilience/errors.js';
import type { Command, Connection } from './connection.js';
import { sizeOf, type Link } from './link.js';
import { roles } from './roles.js';

/** A wait that cannot be ended politely in so long loses its connection. */
const wakeDeadlineMs = 500;

/** Waits for a sign of work on the blocking connection. Only the sign is popped there: a lost reply loses no job. */
export class Doorbell {
  private turn: Turn | undefined;

  constructor(
    private readonly blocking: Link,
    private readonly command: Link,
  ) {}

  /** The key that rang; undefined when none did, when it was woken, or when the connection was lost: look for work then, too. */
  async wait(keys: readonly string[], blockMs: number): Promise<string | undefined> {
    if (this.turn !== undefined) throw new MoorlineError('internal', 'Expected one wait for a doorbell at a time');
    const turn = new Turn();
    this.turn = turn;
    try {
      return await Promise.race([this.block(turn, keys, blockMs), turn.over]);
    } finally {
      turn.end();
      this.turn = undefined;
    }
  }

  /** Ends the wait of now, if there is one. */
  async wake(): Promise<void> {
    const { turn } = this;
    if (turn === undefined) return;
    const deadline = Deadline.after(wakeDeadlineMs);
    for (let pauseMs = 1; turn.connection !== undefined && !turn.isOver && !deadline.isPast; pauseMs *= 2) {
      // Not blocked (yet): the two connections are served in no certain order.
      if (await this.unblock(turn.connection, deadline)) return turn.over.then(() => undefined);
      await sleep(Math.min(pauseMs, deadline.remainingMs));
    }
    if (!turn.isOver) turn.connection?.drop('the doorbell could not be ended');
    turn.end();
  }

  private async block(turn: Turn, keys: readonly string[], blockMs: number): Promise<string | undefined> {
    const command: Command = ['BZPOPMIN', ...keys, Math.max(0.001, blockMs / 1000)];
    // Longer than the block: only a dead connection ever lasts so long.
    const deadline = Deadline.after(blockMs + roles.blocking.deadlineMs);
    const work = (connection: Connection) => {
      if (turn.isOver) return Promise.resolve(null);
      turn.connection = connection;
      return connection.send(command);
    };
    try {
      return firstKey(await this.blocking.run(work, sizeOf(command), deadline));
    } catch (error) {
      if (!isMoorlineError(error) || error.code === 'internal' || this.blocking.isClosed) throw error;
      if (error.code === 'deadline_exceeded') turn.connection?.drop('the doorbell outlasted its deadline');
      return undefined;
    }
  }

  private async unblock(connection: Connection, deadline: Deadline): Promise<boolean> {
    try {
      return (await this.command.call(['CLIENT', 'UNBLOCK', connection.clientId], deadline)) === 1;
    } catch {
      return false;
    }
  }
}

/** One wait. */
class Turn {
  connection: Connection | undefined;
  isOver = false;
  end!: () => void;
  readonly over = new Promise<undefined>((resolve) => {
    this.end = () => {
      this.isOver = true;
      resolve(undefined);
    };
  });
}

/** Of BZPOPMIN's reply: key, member, score. */
function firstKey(reply: unknown): string | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [key] = reply as unknown[];
  return Buffer.isBuffer(key) ? key.toString() : undefined;
}
