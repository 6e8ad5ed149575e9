import { expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { DataGuard } from '../../../app/redis/data-guard.js';

const newGuard = () => new DataGuard(1_000, createLog({ level: 'silent', fields: {} }));
const nothing = { epoch: undefined, mark: undefined };

test('a new process takes the data that it finds', () => {
  const guard = newGuard();
  guard.judge()({ epoch: 'first', mark: undefined });
  expect(guard.epoch).toBe('first');
  expect(guard.loss).toBeUndefined();
});

test('data that got their name while another connection asked for it are not lost', () => {
  const guard = newGuard();
  const admit = guard.judge();
  guard.adopt('first');
  admit(nothing);
  expect(guard.loss).toBeUndefined();
});

test('a server that says to have nothing when asked after that has lost the data', () => {
  const guard = newGuard();
  guard.adopt('first');
  expect(() => {
    guard.judge()(nothing);
  }).toThrow('its data are gone');
  expect(guard.refusal()).toMatchObject({ code: 'data_lost' });
});
