import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Writable } from 'node:stream';

/** So many connections at a time through one port; each is a connection to the API server, too. */
const maxConnections = 256;

/** `PortForward` of @kubernetes/client-node; it carries one connection. */
export interface Tunnels {
  portForward(
    namespace: string,
    pod: string,
    ports: number[],
    output: Writable,
    errors: Writable,
    input: Socket,
  ): Promise<unknown>;
}

interface Tunnel {
  onclose: (() => void) | null;
  close(): void;
}

/** Where a connection goes: looked for anew each time, since pods come and go. */
export interface Destination {
  readonly pod: string;
  readonly port: number;
}

/** A port of this machine that leads to a port of a pod, by way of the API server. */
export class Forwarder {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async open(
    api: Tunnels,
    namespace: string,
    destination: () => Promise<Destination>,
    onError: (error: Error) => void,
  ): Promise<Forwarder> {
    const forwarder = new Forwarder(createServer());
    forwarder.server.maxConnections = maxConnections;
    forwarder.server.on('connection', (socket) => {
      forwarder.keep(socket);
      connect(api, namespace, destination, socket).catch((error: unknown) => {
        socket.destroy();
        onError(error as Error);
      });
    });
    await new Promise<void>((resolve, reject) => {
      forwarder.server.once('error', reject);
      forwarder.server.listen(0, '127.0.0.1', resolve);
    });
    return forwarder;
  }

  get localPort(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

async function connect(
  api: Tunnels,
  namespace: string,
  destination: () => Promise<Destination>,
  socket: Socket,
): Promise<void> {
  const { pod, port } = await destination();
  const tunnel = (await api.portForward(namespace, pod, [port], socket, endOnText(socket), socket)) as Tunnel;
  tunnel.onclose = () => {
    socket.destroy();
  };
  socket.on('close', () => {
    tunnel.close();
  });
  if (socket.destroyed) tunnel.close();
}

/** The API server says by a text why the pod cannot be reached; with it, nothing more comes. */
function endOnText(socket: Socket): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (chunk.length > 0) socket.destroy();
      done();
    },
  });
}
