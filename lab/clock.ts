/** Milliseconds of the machine's monotonic clock: the same in every process, and no step of a wall clock moves it. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
