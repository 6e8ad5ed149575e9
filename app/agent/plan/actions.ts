import type { Pod, PodRole, TopologyRecord } from '../facts/types.js';

/** What the agent does, one after the other; nodes and Sentinels by their ordinals. */
export type Action =
  | { readonly kind: 'label'; readonly node: number; readonly pod: Pod; readonly role: PodRole | undefined }
  | { readonly kind: 'record'; readonly record: TopologyRecord }
  | Repair
  | Refusal;

/** One step; what comes of it decides about the next one. */
export type Repair =
  | { readonly kind: 'promote'; readonly node: number; readonly reason: string }
  | { readonly kind: 'demote'; readonly node: number; readonly leader: number; readonly reason: string }
  | { readonly kind: 'failover'; readonly sentinel: number; readonly reason: string }
  | { readonly kind: 'forget'; readonly sentinel: number; readonly reason: string };

/** What would have to be done and is not; the reason says what people should do. */
export interface Refusal {
  readonly kind: 'refuse';
  readonly reason: string;
}
