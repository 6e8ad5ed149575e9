import { describe, expect, test } from '@jest/globals';
import { digestOf, parseTokenList, TokenListError } from '../../../../app/operations/tokens/token-list.js';

const secret = 'a-secret-of-enough-characters';

describe('a list of tokens', () => {
  test('has a name, scopes and a token in each line, or the hash of one', () => {
    const list = parseTokenList(`
      # who      may do      with
      shop       produce,read  ${secret}
      mailer\tconsume  sha256:${digestOf('another').toUpperCase()}\r
    `);
    expect([...list]).toEqual([
      [digestOf(secret), { name: 'shop', scopes: new Set(['produce', 'read']) }],
      [digestOf('another'), { name: 'mailer', scopes: new Set(['consume']) }],
    ]);
  });

  test('may be empty', () => {
    expect(parseTokenList('').size).toBe(0);
  });

  test('may have a name twice, so that a token can be replaced', () => {
    expect(parseTokenList(`shop read ${secret}\nshop read ${secret}-next`).size).toBe(2);
  });

  test.each<[string, string, RegExp]>([
    ['no token', 'shop read', /^line 1: expected a name, scopes and a token/],
    ['too many words', `shop produce, read ${secret}`, /^line 1: expected a name, scopes and a token/],
    ['a strange name', `sh/op read ${secret}`, /^line 1: expected a name of/],
    ['an unknown scope', `\nshop read,write ${secret}`, /^line 2: expected scopes of produce, consume, operate, read/],
    ['words in another order', `shop ${secret} read`, /^line 1: expected scopes/],
    ['a short token', 'shop read hunter2', /^line 1: expected a token of 16/],
    ['half a hash', `shop read sha256:${'a'.repeat(63)}`, /^line 1: expected a token/],
    ['a token of two', `shop read ${secret}\nmailer consume ${secret}`, /^line 2: .* than that of shop/],
    [
      'more than is bearable',
      Array.from({ length: 1_001 }, (_, n) => `n read ${secret}${n}`).join('\n'),
      /at most 1000/,
    ],
  ])('is refused with %s, without telling the token', (_what, text, message) => {
    const read = () => parseTokenList(text);
    expect(read).toThrow(TokenListError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/secret-of|hunter2/);
  });

  test('tells all that is wrong at once', () => {
    expect(() => parseTokenList('a\nb')).toThrow(/line 1.*\nline 2/);
  });
});
