import { readFileSync } from 'node:fs';

// Loaded before a worker (`node --import`): its wall clock is off by as many milliseconds as a file says.

const rereadMs = 100;
const RealDate = Date;
let offsetMs = 0;

function reread(): void {
  try {
    offsetMs = Number(readFileSync(process.env['LAB_CLOCK_FILE'] ?? '', 'utf8'));
  } catch {
    // Nobody has stepped the clock yet.
  }
}

class SteppedDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(SteppedDate.now());
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

globalThis.Date = SteppedDate as DateConstructor;
setInterval(reread, rereadMs).unref();
