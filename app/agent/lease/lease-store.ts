/** A Lease of coordination.k8s.io, as far as it decides who acts. */
export interface LeaseState {
  /** Empty: it was given back, or nobody has had it yet. */
  readonly holder: string;
  /** How long its holder may go on without renewing it. */
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquiredAt: Date | undefined;
  /** Changes with every write. */
  readonly version: string;
}

export interface LeaseStore {
  read(): Promise<LeaseState>;
  /** Writes over exactly the version that was read; answers false when it has changed meanwhile. */
  replace(next: LeaseState): Promise<boolean>;
}
