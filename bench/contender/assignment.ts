import type { ContenderName, Figures } from '../types.js';
import type { LiveTask } from './live/task.js';
import type { Task } from './task.js';

/** What a contender's process is sent, once. */
export interface Assignment {
  readonly contender: ContenderName;
  /** Of a Redis without data. */
  readonly port: number;
  readonly task: Task | LiveTask;
}

/** What it answers, once. */
export type Report = { readonly figures: Figures } | { readonly error: string };
