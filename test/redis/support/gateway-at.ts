import { freePort } from './free-port.js';
import { startMoorline, type MoorlineProcess } from './moorline-process.js';

/** A gateway that can be started again where it was: at the address that its clients know. */
export interface SteadyGateway {
  readonly url: string;
  /** The process that runs now. */
  process: MoorlineProcess;
  /** As a pod that is replaced: told to stop, it goes, and another one comes. */
  replace(): Promise<void>;
  /** As one that crashes and comes back. */
  crash(): Promise<void>;
}

export async function startGatewayAt(environment: Readonly<Record<string, string>>): Promise<SteadyGateway> {
  const port = await freePort();
  const start = () => startMoorline('gateway', { ...environment, MOORLINE_PORT: String(port) });
  const gateway: SteadyGateway = {
    url: `http://127.0.0.1:${port}`,
    process: await start(),
    replace: async () => {
      gateway.process.signal('SIGTERM');
      await gateway.process.exit();
      gateway.process = await start();
    },
    crash: async () => {
      await gateway.process.kill();
      gateway.process = await start();
    },
  };
  return gateway;
}
