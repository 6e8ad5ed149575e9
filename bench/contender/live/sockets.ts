import { once } from 'node:events';
import { WebSocket } from 'ws';

/** So many try to connect at the same time. */
const parallel = 200;

/** Opens WebSockets to a gateway; each frame goes to `onFrame` with the number of its socket. */
export async function openSockets(
  url: string,
  count: number,
  onFrame: (at: number, text: string) => void,
): Promise<readonly WebSocket[]> {
  const sockets: WebSocket[] = [];
  const open = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`, { perMessageDeflate: false });
      const at = sockets.push(socket) - 1;
      socket.on('message', (data: Buffer) => {
        onFrame(at, data.toString());
      });
      await once(socket, 'open');
    }
  };
  await Promise.all(Array.from({ length: parallel }, open));
  return sockets;
}

/** Of the metrics of a gateway; 0 where there is none. */
export async function metricOf(url: string, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}
