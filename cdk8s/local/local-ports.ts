import { createServer } from 'node:net';
import { readText, writePrivately } from './files.js';
import type { Home } from './home.js';
import { loopback } from './plan/addresses.js';
import type { Pod } from './plan/pods.js';
import { choosePorts, type GivenPorts, type LocalPorts } from './plan/ports.js';

/** Chooses the ports of all pods and remembers them beside the data, which names them. */
export async function reservePorts(home: Home, pods: readonly Pod[], given: GivenPorts): Promise<LocalPorts> {
  const remembered = JSON.parse(readText(home.portsFile) ?? '{}') as LocalPorts;
  const ports = await choosePorts(pods, given, remembered, isFree);
  writePrivately(home.portsFile, JSON.stringify(ports, undefined, 2));
  return ports;
}

/** Whether a server can listen on the port right now. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
