/** A point in time by which something must have happened; unmoved by changes of the wall clock. */
export class Deadline {
  private constructor(private readonly atMs: number) {}

  static after(ms: number): Deadline {
    return new Deadline(performance.now() + ms);
  }

  /** Never below 0. */
  get remainingMs(): number {
    return Math.max(0, this.atMs - performance.now());
  }

  get isPast(): boolean {
    return this.remainingMs === 0;
  }
}

/** Settles as `work` does, or rejects with `onTimeout()` at the deadline, or a moment later. What `work` does later is ignored. */
export function beforeDeadline<T>(work: Promise<T>, deadline: Deadline, onTimeout: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const disarm = alarmAt(deadline, () => {
      reject(onTimeout());
    });
    work.then(disarm, disarm);
    work.then(resolve, reject);
  });
}

interface Alarm {
  readonly deadline: Deadline;
  readonly ring: () => void;
}

/** Deadlines further off than a few of these share one timer: a timer of its own would cost a small call as much as its parsing. */
const lookEveryMs = 50;
const alarms = new Set<Alarm>();
let look: NodeJS.Timeout | undefined;

/** Calls `ring` once at the deadline, unless the answer is called before. */
function alarmAt(deadline: Deadline, ring: () => void): () => void {
  if (deadline.remainingMs < 10 * lookEveryMs) {
    const timer = setTimeout(ring, deadline.remainingMs);
    return () => {
      clearTimeout(timer);
    };
  }
  const alarm = { deadline, ring };
  alarms.add(alarm);
  look ??= setTimeout(ringAlarms, lookEveryMs);
  return () => {
    alarms.delete(alarm);
  };
}

function ringAlarms(): void {
  for (const alarm of alarms) {
    if (!alarm.deadline.isPast) continue;
    alarms.delete(alarm);
    alarm.ring();
  }
  look = alarms.size === 0 ? undefined : setTimeout(ringAlarms, lookEveryMs);
}
