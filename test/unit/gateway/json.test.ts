import { describe, expect, test } from '@jest/globals';
import { maxNesting, parseJson } from '../../../app/gateway/body/json.js';

const parse = (text: string | Buffer) => parseJson(Buffer.from(text), 'line 3');
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON of a client', () => {
  test.each<[string, unknown]>([
    ['{"a":[1,null,true,"é\\n☃"]}', { a: [1, null, true, 'é\n☃'] }],
    [' 1.5e3 ', 1500],
    ['1e300', 1e300],
    ['"1e999"', '1e999'],
    ['"[[[[\\"{{{"', '[[[["{{{'],
    ['1e-999', 0],
  ])('%s is read', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['text that ends early', '{"a":', /line 3: Expected JSON/],
    ['nothing', '', /Expected JSON/],
    ['two values', '1 2', /Expected JSON/],
    ['NaN', 'NaN', /Expected JSON/],
    ['bytes of no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), /UTF-8/],
    ['half a surrogate pair as bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
    ['deep nesting', nested(maxNesting + 1), /nested/],
    ['deep nesting that never closes', '{"a":'.repeat(100_000), /nested/],
    ['deep nesting behind an escaped quote', `["\\"",${nested(maxNesting)}]`, /nested/],
    ['Infinity by exponent', '{"a":[{"b":-1E400}]}', /double/],
    ['Infinity by digits', '9'.repeat(310), /double/],
  ])('%s is refused', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('nesting up to the limit is read', () => {
    expect(parse(nested(maxNesting))).toBeInstanceOf(Array);
  });

  test('a member named __proto__ stays a member', () => {
    const value = parse('{"__proto__":{"admin":true}}') as { admin?: boolean };
    expect(value.admin).toBeUndefined();
    expect(JSON.stringify(value)).toBe('{"__proto__":{"admin":true}}');
  });
});
