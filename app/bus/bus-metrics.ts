import { Counter, Histogram, type Registry } from 'prom-client';

export type BusMetrics = ReturnType<typeof createBusMetrics>;

export function createBusMetrics(registry: Registry) {
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers: [registry] });
  return {
    published: counter('moorline_bus_messages_published_total', 'Messages published by this process'),
    received: counter('moorline_bus_messages_received_total', 'Messages that came and that somebody here wanted'),
    dropped: counter('moorline_bus_messages_dropped_total', 'Messages for which the lane of a handler had no room'),
    failed: counter('moorline_bus_handlers_failed_total', 'Handlers that threw'),
    gaps: counter('moorline_bus_gaps_total', 'Times that messages may have been missed, since the connection was lost'),
    latency: new Histogram({
      name: 'redis_pubsub_latency_seconds',
      help: 'From the publishing of a message, by the clock of Redis, to its handler',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers: [registry],
    }),
  };
}
