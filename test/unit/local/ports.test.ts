import { expect, test } from '@jest/globals';
import { podsOf } from '../../../cdk8s/local/plan/pods.js';
import { automaticPorts, choosePorts, type LocalPorts, parsePorts } from '../../../cdk8s/local/plan/ports.js';
import { sample } from './sample.js';

const pods = podsOf(sample);
const remembered = { 'redis-0': { redis: 20001 }, 'redis-1': { redis: 20002 }, 'gateway-0': { http: 20003 } };
const allFree = (): Promise<boolean> => Promise.resolve(true);
const taken =
  (...ports: number[]) =>
  (port: number): Promise<boolean> =>
    Promise.resolve(!ports.includes(port));

test('without wishes every port is another one of the automatic range', async () => {
  const ports = all(await choosePorts(pods, {}, {}, allFree));
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(automaticPorts.first);
    expect(port).toBeLessThanOrEqual(automaticPorts.last);
  }
});

test('remembered ports are kept', async () => {
  expect(await choosePorts(pods, {}, remembered, allFree)).toEqual(remembered);
});

test('a remembered port that is taken meanwhile is replaced alone', async () => {
  const ports = await choosePorts(pods, {}, remembered, taken(20002));
  expect(ports).toMatchObject({ 'redis-0': { redis: 20001 }, 'gateway-0': { http: 20003 } });
  expect(ports['redis-1']?.['redis']).not.toBe(20002);
});

test('no port is used twice, even if it is remembered twice', async () => {
  const twice = { 'redis-0': { redis: 20001 }, 'redis-1': { redis: 20001 } };
  const ports = await choosePorts(pods, {}, twice, allFree);
  expect(ports['redis-0']).toEqual({ redis: 20001 });
  expect(ports['redis-1']?.['redis']).not.toBe(20001);
});

test('given ports win over remembered ones, which never take one of them', async () => {
  const ports = await choosePorts(pods, { redis: [20002, 20005] }, remembered, allFree);
  expect(ports).toEqual({ 'redis-0': { redis: 20002 }, 'redis-1': { redis: 20005 }, 'gateway-0': { http: 20003 } });
  const swapped = await choosePorts(pods, { gateway: [20001] }, remembered, allFree);
  expect(swapped['gateway-0']).toEqual({ http: 20001 });
  expect(swapped['redis-0']?.['redis']).not.toBe(20001);
});

test('a given port that is taken ends with one line', async () => {
  await expect(choosePorts(pods, { gateway: [8080] }, {}, taken(8080))).rejects.toThrow(
    '--gateway-port: port 8080 is in use on 127.0.0.1; free it or give another one',
  );
});

test('too few given ports, or the same twice, are a wrong use', async () => {
  await expect(choosePorts(pods, { redis: [1] }, {}, allFree)).rejects.toThrow(
    '--redis-ports: expected 2 ports, one for each redis, got 1',
  );
  await expect(choosePorts(pods, { redis: [1, 2], gateway: [2] }, {}, allFree)).rejects.toThrow(
    '--gateway-port: the port 2 is given twice',
  );
});

test('when nothing is free it says where it looked', async () => {
  await expect(choosePorts(pods, {}, {}, () => Promise.resolve(false))).rejects.toThrow(
    'no free port found between 10000 and 14999 on 127.0.0.1',
  );
});

test.each([
  ['8080', [8080]],
  ['6379 6380,6381', [6379, 6380, 6381]],
  [' 1 ', [1]],
])('"%s" names the ports %j', (text, ports) => {
  expect(parsePorts(text)).toEqual(ports);
});

test.each(['', '0', '65536', '-1', 'http', '80 x'])('"%s" is refused', (text) => {
  expect(() => parsePorts(text)).toThrow('expected ports between 1 and 65535');
});

const all = (ports: LocalPorts): number[] => Object.values(ports).flatMap((byName) => Object.values(byName));
