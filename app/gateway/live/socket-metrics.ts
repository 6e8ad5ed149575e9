import { Counter, Gauge, type Registry } from 'prom-client';

export type SocketMetrics = ReturnType<typeof createSocketMetrics>;

export const createSocketMetrics = (registry: Registry) => ({
  open: new Gauge({ name: 'moorline_websockets_open', help: 'WebSockets of this gateway', registers: [registry] }),
  closes: new Counter({
    name: 'moorline_websocket_closes_total',
    help: 'WebSockets that were closed, by code',
    labelNames: ['code'],
    registers: [registry],
  }),
});
