import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';

const running = new Set<Proxy>();

// Registered by the import alone: whatever a test starts ends with it.
afterEach(() => {
  for (const proxy of running) proxy.stop();
  running.clear();
});

/** A way to a server on this machine that can be disturbed. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const proxy = new Proxy(targetPort);
  running.add(proxy);
  await proxy.start();
  return proxy;
}

export class Proxy {
  private readonly server = createServer((client) => {
    this.join(client);
  });
  private readonly sockets = new Set<Socket>();
  private poison: string | undefined;
  private isCut = false;

  constructor(private targetPort: number) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  /** From now on whatever carries this text to the server ends its connection instead, and never arrives. */
  endOn(text: string): void {
    this.poison = text;
  }

  /** From now on new connections go to another server; those of now stay. */
  leadTo(port: number): void {
    this.targetPort = port;
  }

  /** Nothing passes any more in either direction, and nobody is told: connections stay, and new ones hear nothing. */
  cut(): void {
    this.isCut = true;
  }

  /** New connections pass again; those of before stay dead, as when their packets were lost for too long. */
  heal(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const server = createConnection(this.targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (this.poison !== undefined && chunk.includes(this.poison)) client.destroy();
      else if (!this.isCut) server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      if (!this.isCut) client.write(chunk);
    });
  }
}
