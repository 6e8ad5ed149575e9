/** As the Kubernetes API shows it. */
export interface Secret {
  readonly resourceVersion: string;
  /** Base64 by key. */
  readonly data: Readonly<Record<string, string>>;
}

/** The Secrets of one namespace. */
export interface Secrets {
  read(name: string): Promise<Secret>;
  /** Sets keys (base64), or deletes them by null, in exactly this version of the Secret; answers false when it has changed meanwhile. */
  change(name: string, keys: Readonly<Record<string, string | null>>, resourceVersion: string): Promise<boolean>;
}
