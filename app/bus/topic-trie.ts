/** `*` is one part of a topic, `**` at the end all that follow. Parts are separated by dots or colons. */
const separators = /[.:]/;
const maxKnown = 10_000;

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  readonly values: Set<T>;
}

/** Who wants which topics, with wildcards; finds those who want one in time that depends on its parts alone. */
export class TopicTrie<T> {
  private readonly root: Node<T> = node();
  /** Who wants a topic, as found before. */
  private readonly known = new Map<string, ReadonlySet<T>>();

  add(pattern: string, value: T): void {
    this.known.clear();
    let at = this.root;
    for (const part of pattern.split(separators)) {
      const next = at.children.get(part) ?? node<T>();
      at.children.set(part, next);
      at = next;
    }
    at.values.add(value);
  }

  delete(pattern: string, value: T): void {
    this.known.clear();
    this.prune(this.root, pattern.split(separators), value);
  }

  /** Each once, also when several of its patterns match. */
  matching(topic: string): ReadonlySet<T> {
    const known = this.known.get(topic);
    if (known !== undefined) return known;
    const found = new Set<T>();
    collect(this.root, topic.split(separators), 0, found);
    if (this.known.size >= maxKnown) this.known.clear();
    this.known.set(topic, found);
    return found;
  }

  /** All, each once for every pattern that it was added with. */
  *values(at: Node<T> = this.root): Generator<T> {
    yield* at.values;
    for (const child of at.children.values()) yield* this.values(child);
  }

  private prune(at: Node<T>, [part, ...rest]: readonly string[], value: T): void {
    if (part === undefined) {
      at.values.delete(value);
      return;
    }
    const next = at.children.get(part);
    if (next === undefined) return;
    this.prune(next, rest, value);
    if (next.values.size === 0 && next.children.size === 0) at.children.delete(part);
  }
}

const node = <T>(): Node<T> => ({ children: new Map(), values: new Set() });

function collect<T>(at: Node<T>, parts: readonly string[], depth: number, found: Set<T>): void {
  for (const value of at.children.get('**')?.values ?? []) found.add(value);
  const part = parts[depth];
  if (part === undefined) {
    for (const value of at.values) found.add(value);
    return;
  }
  for (const name of [part, '*']) {
    const next = at.children.get(name);
    if (next !== undefined) collect(next, parts, depth + 1, found);
  }
}
