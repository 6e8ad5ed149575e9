import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TopicTrie } from '../../../app/bus/topic-trie.js';

describe('who wants a topic', () => {
  test.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*.b', 'a.b', true],
    ['a.*.c', 'a.b.c', true],
    ['a.**', 'a.b.c', true],
    ['a:**', 'a:b', true],
    ['**', 'anything.at.all', true],
    ['a.**', 'b.a', false],
  ])('%s wants %s: %s', (pattern, topic, wants) => {
    const trie = new TopicTrie<string>();
    trie.add(pattern, 'me');
    expect(trie.matching(topic).has('me')).toBe(wants);
  });

  test('is told once, also when several of his patterns match, and no more once he has left', () => {
    const trie = new TopicTrie<string>();
    for (const pattern of ['a.b', 'a.*', '**']) trie.add(pattern, 'me');
    trie.add('a.b', 'other');
    expect([...trie.matching('a.b')].sort()).toEqual(['me', 'other']);
    for (const pattern of ['a.b', 'a.*', '**']) trie.delete(pattern, 'me');
    expect([...trie.matching('a.b')]).toEqual(['other']);
    trie.delete('a.b', 'other');
    expect([...trie.values()]).toEqual([]);
  });

  test('is found as by a plain comparison of parts', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const topic = fc.array(part, { minLength: 1, maxLength: 4 });
    const pattern = fc
      .tuple(fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([parts, open]) => (open ? [...parts, '**'] : parts));
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), topic, (patterns, parts) => {
        const trie = new TopicTrie<number>();
        for (const [at, wanted] of patterns.entries()) trie.add(wanted.join('.'), at);
        const expected = patterns.flatMap((wanted, at) => (matches(wanted, parts) ? [at] : []));
        expect([...trie.matching(parts.join('.'))].sort()).toEqual(expected.sort());
      }),
    );
  });
});

function matches([wanted, ...rest]: readonly string[], [part, ...parts]: readonly string[]): boolean {
  if (wanted === '**') return true;
  if (wanted === undefined || part === undefined) return wanted === part;
  return (wanted === '*' || wanted === part) && matches(rest, parts);
}
