import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NdjsonJobs } from '../../../app/gateway/body/ndjson.js';

function read(...chunks: readonly (string | Buffer)[]) {
  const jobs = new NdjsonJobs();
  for (const chunk of chunks) jobs.add(Buffer.from(chunk));
  return jobs.end();
}

test('lines are the same jobs however they are cut into chunks', () => {
  const text = Buffer.from('{"data":"ü"}\r\n\n{"id":"☃","data":[1]}\n{"data":null}');
  const whole = read(text);
  expect(whole).toEqual([{ data: 'ü' }, { id: '☃', data: [1] }, { data: null }]);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = bounds.slice(1).map((end, at) => text.subarray(bounds[at], end));
      expect(read(...chunks)).toEqual(whole);
    }),
  );
});

test.each<[string, readonly string[], RegExp]>([
  ['no line', [], /got no line/],
  ['only blank lines', ['\n \r\n', '\t'], /got no line/],
  ['a bad line, by its number', ['{"data":1}\n\n', '{"da', 'ta":'], /^line 3: Expected JSON/],
  ['a job with a fault, by its line', ['{"data":1}\n{"data":1,"priority":"high"}'], /^priority in line 2: /],
])('refuses %s', (_, chunks, message) => {
  expect(() => read(...chunks)).toThrow(message);
});

test('a line without end is refused before it has come whole', () => {
  const jobs = new NdjsonJobs();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let taken = 0;
  expect(() => {
    for (; taken < 1_000; taken++) jobs.add(chunk);
  }).toThrow(/^line 1: Expected \d+ bytes at most/);
  expect(taken).toBeLessThan(20);
});
