import type {
  Counter,
  Gauge,
  Histogram,
  MetricFamily,
  MetricRegistry,
} from '@service-center/sdcommon';

import type { DropReason } from './drop-reason.ts';
import type { PushChannel } from './subscriber-description.ts';

/** From what a quick server takes to what nobody should have to wait, microseconds. */
const bounds = [
  500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
  5_000_000, 10_000_000,
];

/** The series of one channel. */
interface ChannelSeries {
  readonly durations: Histogram;
  readonly pending: Gauge;
}

/** Counts deliveries by channel (named as in spec 05 §8). */
export class PushMetrics {
  readonly #channels: Readonly<Record<PushChannel, ChannelSeries>>;
  readonly #dropped: MetricFamily<Counter>;

  constructor(metrics: MetricRegistry) {
    const durations = metrics.histogram({
      name: 'notify_push_durations_microseconds',
      help: 'From the commit of a change, or its arrival where the store does not tell, until it is written to a subscriber',
      labelNames: ['channel'],
      bounds,
    });
    const pending = metrics.gauge({
      name: 'notify_push_pending_total',
      help: 'Changes that are queued for a subscriber or being written to it',
      labelNames: ['channel'],
    });
    this.#dropped = metrics.counter({
      name: 'notify_push_dropped_total',
      help: 'Changes that a subscriber was not sent',
      labelNames: ['channel', 'reason'],
    });
    const seriesOf = (channel: PushChannel): ChannelSeries => ({
      durations: durations.labels(channel),
      pending: pending.labels(channel),
    });
    this.#channels = {
      websocket: seriesOf('websocket'),
      'socket.io': seriesOf('socket.io'),
      sse: seriesOf('sse'),
    };
  }

  queued(channel: PushChannel): void {
    this.#channels[channel].pending.inc(1);
  }

  /** @param durationMs - since the commit of the change */
  sent(channel: PushChannel, durationMs: number): void {
    const { durations, pending } = this.#channels[channel];
    pending.inc(-1);
    durations.observe(Math.max(0, durationMs) * 1000);
  }

  dropped(channel: PushChannel, reason: DropReason): void {
    this.#channels[channel].pending.inc(-1);
    this.#dropped.labels(channel, reason).inc();
  }
}
