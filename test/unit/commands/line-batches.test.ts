import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { inBatches } from '../../../app/commands/line-batches.js';

async function batchesOf(text: string): Promise<string[]> {
  const batches = [];
  for await (const batch of inBatches(Readable.from([Buffer.from(text)]))) batches.push(batch);
  return batches;
}

test('few lines are one request, without the blank ones', async () => {
  expect(await batchesOf('a\n\nb\r\n  \nc')).toEqual(['a\nb\nc']);
  expect(await batchesOf('\n\n')).toEqual([]);
});

test('no request has too many lines or too much text', async () => {
  expect((await batchesOf('x\n'.repeat(12_000))).map((batch) => batch.split('\n').length)).toEqual([
    5_000, 5_000, 2_000,
  ]);
  expect((await batchesOf(`${'y'.repeat(3_000_000)}\n`.repeat(3))).map((batch) => batch.split('\n').length)).toEqual([
    2, 1,
  ]);
});
