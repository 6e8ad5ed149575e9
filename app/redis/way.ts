import type { HostPort } from '../config/index.js';
import type { RoleStatus } from './types.js';

/** What all roles have in common. */
export interface Way {
  status(): RoleStatus;
  moveTo(primary: HostPort): void;
  drop(reason: string): void;
  close(): Promise<void>;
}
