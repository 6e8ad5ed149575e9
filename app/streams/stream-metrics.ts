import { Counter, Gauge, type Registry } from 'prom-client';

export type StreamMetrics = ReturnType<typeof createStreamMetrics>;

const made = new WeakMap<Registry, StreamMetrics>();

/** Streams and recoverable topics of a process count together. */
export function streamMetricsOf(registry: Registry): StreamMetrics {
  const metrics = made.get(registry) ?? createStreamMetrics(registry);
  made.set(registry, metrics);
  return metrics;
}

function createStreamMetrics(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const subscriptions = counter(
    'moorline_stream_subscriptions_total',
    'Subscriptions, by whether they went on exactly where the subscriber was',
    'recovered',
  );
  return {
    published: counter('moorline_stream_chunks_published_total', 'Chunks published by this process'),
    publishCalls: counter('moorline_stream_publish_calls_total', 'Calls of Redis that published them'),
    received: counter('moorline_stream_chunks_received_total', 'Chunks that came live'),
    historyReads: counter('moorline_stream_history_reads_total', 'Reads of the history of a stream'),
    lost: counter(
      'moorline_stream_subscriptions_lost_total',
      'Subscriptions that had to begin anew, since chunks were gone',
    ),
    began: (recovered: boolean) => {
      subscriptions.inc({ recovered: String(recovered) });
    },
    followed: new Gauge({
      name: 'moorline_streams_followed',
      help: 'Streams and recoverable topics that somebody follows through this process',
      registers: [registry],
    }),
  };
}
