import { expect, test } from '@jest/globals';
import { commandCalls, infoNumber, perJob } from '../../../bench/contender/meter.js';

const info = [
  '# CPU',
  'used_cpu_sys:1.500000',
  '# Commandstats',
  'cmdstat_hset:calls=7,usec=10,usec_per_call=1.4,rejected_calls=0,failed_calls=0',
  'cmdstat_info:calls=100,usec=10,usec_per_call=1.4,rejected_calls=0,failed_calls=0',
  'cmdstat_config|get:calls=3,usec=10,usec_per_call=1.4,rejected_calls=0,failed_calls=0',
].join('\r\n');

test('commands are counted over all kinds but the own INFO', () => {
  expect(commandCalls(info)).toBe(10);
});

test('a number of INFO that is missing is an error, not a zero', () => {
  expect(infoNumber(info, 'used_cpu_sys')).toBe(1.5);
  expect(() => infoNumber(info, 'used_memory')).toThrow('Expected used_memory');
});

test('costs are divided by the jobs, the rate by the seconds', () => {
  const from = { atMs: 1000, commands: 10, redisUs: 100, clientUs: 0 };
  const to = { atMs: 3000, commands: 50, redisUs: 500, clientUs: 1000 };
  expect(perJob(100, from, to)).toEqual({
    perSecond: 50,
    redisUsPerJob: 4,
    clientUsPerJob: 10,
    commandsPerJob: 0.4,
  });
});
