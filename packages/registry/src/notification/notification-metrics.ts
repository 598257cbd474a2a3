import type {
  Clock,
  Counter,
  Gauge,
  MetricFamily,
  MetricRegistry,
  Summary,
} from '@service-center/sdcommon';

import type { PushChannel } from '../push-trace/index.ts';

/** What kind of events the hub carries, as metrics show it. */
const source = 'INSTANCE';

// A domain is whatever a client calls it; what goes over this many counts under one name for all of them.
const maxDomains = 1000;
const otherDomains = '_other';

/** How subscribers are connected, as metrics show it. */
const schemes: Readonly<Record<PushChannel, string>> = {
  websocket: 'Websocket',
  'socket.io': 'SocketIO',
  sse: 'SSE',
};

/** The subscribers that count under one name. */
interface SubscriberGauges {
  readonly label: string;
  readonly byChannel: Map<PushChannel, Gauge>;
}

/** Counts pushes (spec 05 §8, spec 04 §5.7). */
export class NotificationMetrics {
  readonly #clock: Clock;
  readonly #success: { readonly total: Counter; readonly durations: Summary };
  readonly #failure: { readonly total: Counter; readonly durations: Summary };
  readonly #pending: Gauge;
  readonly #pendingDurations: Summary;
  readonly #subscribers: MetricFamily<Gauge>;
  readonly #domains = new Map<string, SubscriberGauges>();
  readonly #others: SubscriberGauges = { label: otherDomains, byChannel: new Map() };

  constructor(metrics: MetricRegistry, clock: Clock) {
    this.#clock = clock;
    const total = metrics.counter({
      name: 'notify_publish_total',
      help: 'Events written to a subscriber, or dropped',
      labelNames: ['source', 'status'],
    });
    const durations = metrics.summary({
      name: 'notify_publish_durations_microseconds',
      help: 'From the arrival of a change to its event at a subscriber',
      labelNames: ['source', 'status'],
    });
    this.#success = {
      total: total.labels(source, 'SUCCESS'),
      durations: durations.labels(source, 'SUCCESS'),
    };
    this.#failure = {
      total: total.labels(source, 'FAILURE'),
      durations: durations.labels(source, 'FAILURE'),
    };
    this.#pending = metrics
      .gauge({
        name: 'notify_pending_total',
        help: 'Events that wait for a subscriber',
        labelNames: ['source'],
      })
      .labels(source);
    this.#pendingDurations = metrics
      .summary({
        name: 'notify_pending_durations_microseconds',
        help: 'How long an event waited for its subscriber',
        labelNames: ['source'],
      })
      .labels(source);
    this.#subscribers = metrics.gauge({
      name: 'notify_subscriber_total',
      help: 'Subscribers',
      labelNames: ['domain', 'scheme'],
    });
  }

  /**
   * An event was written, or could not be.
   *
   * @param receivedMs - monotonic milliseconds of its arrival
   * @param nowMs - where that is at hand
   */
  published(isSuccess: boolean, receivedMs: number, nowMs?: number): void {
    const series = isSuccess ? this.#success : this.#failure;
    series.total.inc();
    series.durations.observe(this.#sinceMicroseconds(receivedMs, nowMs));
  }

  /** Events were dropped because their subscriber is slow. */
  dropped(count: number): void {
    this.#failure.total.inc(count);
    this.#pending.inc(-count);
  }

  /** More events wait, or fewer. */
  queued(change: number): void {
    if (change !== 0) this.#pending.inc(change);
  }

  /** A waiting event's turn has come. @param queuedMs - monotonic milliseconds at which it began to wait */
  dequeued(queuedMs: number): void {
    this.#pending.inc(-1);
    this.#pendingDurations.observe(this.#sinceMicroseconds(queuedMs));
  }

  /** Subscribers of a domain came or went. @param channel - default `websocket` */
  subscribers(domain: string, change: number, channel: PushChannel = 'websocket'): void {
    let gauges = this.#domains.get(domain);
    if (gauges === undefined) {
      const isRoom = this.#domains.size < maxDomains;
      gauges = isRoom ? { label: domain, byChannel: new Map() } : this.#others;
      if (isRoom) this.#domains.set(domain, gauges);
    }
    let gauge = gauges.byChannel.get(channel);
    if (gauge === undefined) {
      gauge = this.#subscribers.labels(gauges.label, schemes[channel]);
      gauges.byChannel.set(channel, gauge);
    }
    gauge.inc(change);
  }

  #sinceMicroseconds(ms: number, nowMs: number = this.#clock.monotonicMs()): number {
    return Math.max(0, nowMs - ms) * 1000;
  }
}
