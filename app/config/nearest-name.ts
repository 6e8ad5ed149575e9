/** The known name that takes the fewest edits, if they are few: for "did you mean". */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .sort((one, other) => one.edits - other.edits);
  return nearest !== undefined && nearest.edits <= Math.max(2, name.length / 3) ? nearest.candidate : undefined;
}

/** Levenshtein's. */
export function editDistance(one: string, other: string): number {
  const letters = Array.from(one);
  const otherLetters = Array.from(other);
  let previous = Array.from({ length: otherLetters.length + 1 }, (_, at) => at);
  for (const [row, letter] of letters.entries()) {
    const current = [row + 1];
    for (const [column, otherLetter] of otherLetters.entries()) {
      const substitution = (previous[column] ?? 0) + (letter === otherLetter ? 0 : 1);
      const deletion = (previous[column + 1] ?? 0) + 1;
      const insertion = (current[column] ?? 0) + 1;
      current.push(Math.min(substitution, deletion, insertion));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
