/** What somebody may read, and until when. */
export interface Access {
  /** Milliseconds since 1970; Infinity for a token without an end. */
  readonly expiresAt: number;
  mayRead(kind: 'stream' | 'topic', name: string): boolean;
}

/** Of the token of the gateway, and where none is asked for. */
export const fullAccess: Access = { expiresAt: Infinity, mayRead: () => true };

/** `chat:42:*` is all that begins so; anything else is meant literally. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}
