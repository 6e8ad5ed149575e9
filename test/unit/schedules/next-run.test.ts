import { describe, expect, test } from '@jest/globals';
import { cronFault, latestRun, nextRun } from '../../../app/queue/schedules/next-run.js';

const at = (text: string): number => Date.parse(text);
const berlin = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };

describe('the next run of a schedule', () => {
  test.each([
    ['a cron expression means UTC', { cron: '0 3 * * *' }, '2026-05-01T03:00:00Z', '2026-05-02T03:00:00Z'],
    ['or its time zone', berlin, '2026-05-01T00:00:00Z', '2026-05-01T00:30:00Z'],
    ['a time that the clocks leave out comes right after', berlin, '2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z'],
    ['with seconds', { cron: '*/10 * * * * *' }, '2026-05-01T00:00:01Z', '2026-05-01T00:00:10Z'],
    ['an interval counts from 1970', { everyMs: 3_600_000 }, '2026-05-01T03:00:00Z', '2026-05-01T04:00:00Z'],
    [
      'or from its start',
      { everyMs: 3_600_000, startAt: at('2026-05-01T00:10:00Z') },
      '2026-05-01T03:00:00Z',
      '2026-05-01T03:10:00Z',
    ],
    [
      'not before its start, and then',
      { everyMs: 3_600_000, startAt: at('2026-05-01T00:10:00Z') },
      '2025-01-01T00:00:00Z',
      '2026-05-01T00:10:00Z',
    ],
    [
      'a cron may begin at its start',
      { cron: '0 * * * *', startAt: at('2026-05-01T05:00:00Z') },
      '2026-05-01T00:00:00Z',
      '2026-05-01T05:00:00Z',
    ],
    [
      'the end is included',
      { everyMs: 1000, endAt: at('2026-05-01T00:00:01Z') },
      '2026-05-01T00:00:00Z',
      '2026-05-01T00:00:01Z',
    ],
  ])('%s', (_, timing, after, expected) => {
    expect(new Date(nextRun(timing, at(after), 0) ?? NaN)).toEqual(new Date(expected));
  });

  test.each([
    ['after its end', { everyMs: 1000, endAt: at('2026-05-01T00:00:00Z') }, 0],
    ['when it is paused', { everyMs: 1000, paused: true }, 0],
    ['when there were as many as there may be', { everyMs: 1000, limit: 3 }, 3],
    ['when the day never comes again', { cron: '2026-01-01T00:00:00' }, 0],
  ])('there is none %s', (_, timing, runs) => {
    expect(nextRun(timing, at('2026-05-01T00:00:00Z'), runs)).toBeUndefined();
  });
});

describe('the run that stands for those that were missed', () => {
  test.each([
    ['the one that is due, when it is the only one', { everyMs: 60_000 }, '00:01:00', '00:01:59', '00:01:00'],
    ['the latest of an interval', { everyMs: 60_000 }, '00:01:00', '03:10:30', '03:10:00'],
    ['the latest of a cron expression', { cron: '*/15 * * * *' }, '00:15:00', '05:59:59', '05:45:00'],
    ['one that is due this very moment', { cron: '*/15 * * * *' }, '00:15:00', '05:45:00', '05:45:00'],
    ['none after the end', { everyMs: 60_000, endAt: at('2026-05-01T00:02:00Z') }, '00:01:00', '03:00:00', '00:02:00'],
  ])('is %s', (_, timing, due, now, expected) => {
    const time = (clock: string) => at(`2026-05-01T${clock}Z`);
    expect(new Date(latestRun(timing, time(due), time(now)))).toEqual(new Date(time(expected)));
  });
});

describe('a cron expression', () => {
  test.each([
    ['0 3 * * *', 'Europe/Berlin', undefined],
    ['@daily', 'UTC', undefined],
    ['0 3 * *', 'UTC', 'cron'],
    ['61 3 * * *', 'UTC', 'cron'],
    ['0 0 30 2 *', 'UTC', 'cron'],
    ['0 3 * * *', 'Mars/Olympus', 'timeZone'],
  ])('%s in %s', (cron, timeZone, field) => {
    expect(cronFault(cron, timeZone)?.field).toBe(field);
  });
});
