import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createLog, withoutUriPasswords, type Logger } from '../../../app/log.js';

function logged(write: (log: Logger) => void): string {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(createLog({ level: 'info', fields: { serverId: 'one' }, destination }));
  return text;
}

describe('the log', () => {
  test('is JSON with the level in words, the time and the fields of the process', () => {
    const line: unknown = JSON.parse(
      logged((log) => {
        log.info({ queue: 'q' }, 'hello');
      }),
    );
    expect(line).toMatchObject({ level: 'info', serverId: 'one', queue: 'q', msg: 'hello', time: expect.any(String) });
  });

  test('leaves out passwords and tokens', () => {
    const config = { redis: { password: 'hunter2', sentinelPassword: 'hunter2' }, token: 'hunter2' };
    const request = { headers: { authorization: 'Bearer hunter2' } };
    const text = logged((log) => {
      log.info({ ...config, config, request }, 'start');
    });
    expect(text).not.toContain('hunter2');
    expect(text).toContain('***');
  });

  test('tells of an error and its causes, but not of the command of an error', () => {
    const cause = Object.assign(new Error('WRONGPASS'), { command: { args: ['hunter2'] } });
    const error = new Error('cannot connect to redis://ann:hunter2@h', { cause });
    const text = logged((log) => {
      log.error({ err: error }, 'failed');
    });
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({
      err: { type: 'Error', message: 'cannot connect to redis://***@h', cause: { message: 'WRONGPASS' } },
    });
  });
});

test.each([
  ['redis://h:1', 'redis://h:1'],
  ['redis://ann@h:1/2', 'redis://ann@h:1/2'],
  ['to redis://:p@h and http://a:b@c/d', 'to redis://***@h and http://***@c/d'],
  ['redis://a:p@q@h', 'redis://***@h'],
])('%s is logged as %s', (text, safe) => {
  expect(withoutUriPasswords(text)).toBe(safe);
});
