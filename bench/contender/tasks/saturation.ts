import { Agent, request } from 'node:http';
import { jobData, type Contender } from '../contender.js';
import { Gateway } from '../gateway.js';
import { percentiles } from '../open-loop.js';
import type { Meter } from '../meter.js';
import type { SaturationTask } from '../task.js';
import type { Figures } from '../../types.js';

/** Every client keeps one connection to the gateway; the gateway keeps the few to Redis that it always has. */
export async function saturation(
  { clients, requestsPerClient }: SaturationTask,
  contender: Contender,
  meter: Meter,
  redisPort: number,
): Promise<Figures> {
  const before = await meter.infoNumber('clients', 'connected_clients');
  const gateway = await Gateway.start(redisPort);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let failed = 0;
  const client = async (): Promise<void> => {
    for (let sent = 0; sent < requestsPerClient; sent += 1) {
      const fromMs = performance.now();
      const status = await enqueue(gateway.jobsUrl('bench'), agent, sent);
      latencies.push(performance.now() - fromMs);
      if (status !== 202) failed += 1;
    }
  };
  const fromMs = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - fromMs) / 1000;
  const connections = (await meter.infoNumber('clients', 'connected_clients')) - before;
  const { open } = await contender.counts('bench');
  agent.destroy();
  await gateway.stop();
  return {
    perSecond: latencies.length / seconds,
    ...percentiles(latencies),
    connections,
    failed,
    lost: latencies.length - failed - open,
  };
}

/** The status; 0 when there was no answer. */
function enqueue(url: string, agent: Agent, user: number): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    call.once('error', () => {
      resolve(0);
    });
    call.end(JSON.stringify({ data: jobData(user) }));
  });
}
