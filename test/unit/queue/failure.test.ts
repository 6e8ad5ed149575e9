import { describe, expect, test } from '@jest/globals';
import { failureJson, fingerprintOf } from '../../../app/queue/failure.js';

describe('fingerprintOf', () => {
  test.each([
    ['numbers', 'timeout after 30 s', 'timeout after 1500 s'],
    ['quoted names', 'no such file "/a/b.txt"', "no such file '/c'"],
    ['UUIDs', 'user 6f1e0a1c-0000-4000-8000-00805f9b34fb is gone', 'user a2b0c9d8-1111-4111-9111-123456789abc is gone'],
    ['addresses', 'at 0xdeadbeef', 'at 0x00c0ffee'],
    ['hashes', 'commit deadbeefdeadbeefdead', 'commit cafebabecafebabecafe'],
    ['spaces', 'line one\n  line two', 'line one line two'],
  ])('is the same for messages that differ in %s', (_, one, other) => {
    expect(fingerprintOf({ message: one })).toBe(fingerprintOf({ message: other }));
  });

  test.each([
    ['words', { message: 'timeout' }, { message: 'refused' }],
    ['codes', { message: 'no', code: 'E_ONE' }, { message: 'no', code: 'E_TWO' }],
    ['a code that is missing', { message: 'no' }, { message: 'no', code: 'E_ONE' }],
  ])('differs with %s', (_, one, other) => {
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
  });
});

describe('failureJson', () => {
  test('keeps a message that is short enough, and the code', () => {
    expect(failureJson({ message: 'é'.repeat(1024), code: 'E' })).toBe(`{"message":"${'é'.repeat(1024)}","code":"E"}`);
  });

  test.each(['x', 'é', '€', '😀'])('cuts a long message of %s between characters', (character) => {
    const { message } = JSON.parse(failureJson({ message: character.repeat(3_000) })) as { message: string };
    expect(message).toMatch(new RegExp(`^(${character})+…$`, 'u'));
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(message)).toBeGreaterThan(2048 - 8);
  });
});
