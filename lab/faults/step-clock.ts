import { writeFileSync } from 'node:fs';
import type { Fault } from './fault.js';

const hourMs = 3_600_000;

export const stepClock: Fault = {
  name: 'step-clock',
  title: 'the clock of the worker stepped by up to a day, and back',
  lastsMs: [2000, 5000],
  boundMs: 1000,
  inject: async ({ clockFile }, random) => {
    const offsetMs = random.between(1, 24) * (random.chance(0.5) ? hourMs : -hourMs);
    writeFileSync(clockFile, String(offsetMs));
    return Promise.resolve(() => {
      writeFileSync(clockFile, '0');
    });
  },
};
