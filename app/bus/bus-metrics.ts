import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Overflow } from './lane.js';

/** What can be seen of a bus from outside. */
export interface BusMetrics {
  readonly published: () => void;
  readonly received: () => void;
  readonly dropped: (overflow: Overflow) => void;
  readonly failed: () => void;
  readonly gap: () => void;
  readonly silence: () => void;
  /** From the publishing of a message, by the clock of Redis, to its handler. */
  readonly handled: (ms: number) => void;
  /** From here to Redis and back by the subscription. */
  readonly probed: (ms: number) => void;
}

export interface BusGauges {
  /** Handlers that take their time, and how many may at the same time. */
  readonly limit: number;
  readonly inFlight: number;
}

export function createBusMetrics(registry: Registry, gauges: () => BusGauges): BusMetrics {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers });
  const count = (name: string, help: string) => {
    const counted = counter(name, help);
    return () => {
      counted.inc();
    };
  };
  const gauge = (name: string, help: string, value: (now: BusGauges) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(gauges()));
      },
    });
  gauge('moorline_bus_handlers_limit', 'Handlers that may run at the same time, as found out', ({ limit }) => limit);
  gauge('moorline_bus_handlers_running', 'Handlers that run', ({ inFlight }) => inFlight);
  const dropped = counter(
    'moorline_bus_messages_dropped_total',
    'Messages for which the lane of a handler had no room, by its policy',
    'policy',
  );
  const latency = new Histogram({
    name: 'redis_pubsub_latency_seconds',
    help: 'message: from its publishing, by the clock of Redis, to its handler; probe: from here to Redis and back by the subscription',
    labelNames: ['of'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const [ofMessages, ofProbes] = [latency.labels('message'), latency.labels('probe')];
  return {
    published: count('moorline_bus_messages_published_total', 'Messages published by this process'),
    received: count('moorline_bus_messages_received_total', 'Messages that came and that somebody here wanted'),
    dropped: (policy) => {
      dropped.inc({ policy });
    },
    failed: count('moorline_bus_handlers_failed_total', 'Handlers that threw'),
    gap: count('moorline_bus_gaps_total', 'Times that messages may have been missed, since the connection was lost'),
    silence: count(
      'moorline_bus_silences_total',
      'Times that subscriptions were made anew, since what was published did not come back',
    ),
    handled: (ms) => {
      ofMessages.observe(ms / 1_000);
    },
    probed: (ms) => {
      ofProbes.observe(ms / 1_000);
    },
  };
}
