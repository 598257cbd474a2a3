import type { Counter, Gauge, Histogram, MetricRegistry } from '@service-center/sdcommon';

import type { DropReason } from './drop-reason.ts';
import { pushChannels } from './subscriber-description.ts';

/** From what a quick server takes to what nobody should have to wait, microseconds. */
const bounds = [
  500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
  5_000_000, 10_000_000,
];

/** The series of one channel. */
interface ChannelSeries {
  readonly durations: Histogram;
  readonly pending: Gauge;
  readonly dropped: (reason: DropReason) => Counter;
}

/** Counts deliveries by channel (named as in spec 05 §8). A channel is given by its place in `pushChannels`. */
export class PushMetrics {
  readonly #channels: readonly ChannelSeries[];

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
    const dropped = metrics.counter({
      name: 'notify_push_dropped_total',
      help: 'Changes that a subscriber was not sent',
      labelNames: ['channel', 'reason'],
    });
    this.#channels = pushChannels.map((channel) => ({
      durations: durations.labels(channel),
      pending: pending.labels(channel),
      dropped: (reason) => dropped.labels(channel, reason),
    }));
  }

  queued(channel: number): void {
    this.#channels[channel]?.pending.inc(1);
  }

  /** @param durationMs - since the commit of the change */
  sent(channel: number, durationMs: number): void {
    const series = this.#channels[channel];
    series?.pending.inc(-1);
    series?.durations.observe(Math.max(0, durationMs) * 1000);
  }

  dropped(channel: number, reason: DropReason): void {
    const series = this.#channels[channel];
    series?.pending.inc(-1);
    series?.dropped(reason).inc();
  }
}
