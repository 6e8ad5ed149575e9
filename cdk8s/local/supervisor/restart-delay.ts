const delaysMs = [0, 250, 500, 1000, 2000, 5000] as const;

/** A process that lived so long was well: its next death is again the first one. */
const healthyAfterMs = 10_000;

/** Counts the deaths in a row, given how long the process lived this time. */
export const deathsInARow = (before: number, livedMs: number): number => (livedMs >= healthyAfterMs ? 1 : before + 1);

/** How long to wait before the next start: the first restart is immediate, a crash loop slows down to 5 s. */
export const restartDelayMs = (deaths: number): number =>
  delaysMs[Math.min(Math.max(deaths, 1), delaysMs.length) - 1] ?? 0;
