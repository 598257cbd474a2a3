import type { Clock, Counter, MetricRegistry, Summary } from '@service-center/sdcommon';

interface Series {
  readonly total: Counter;
  readonly durations: Summary;
}

/** Counts heartbeats and how long they take (spec 05 §8). */
export class HeartbeatMetrics {
  readonly #clock: Clock;
  readonly #success: Series;
  readonly #failure: Series;

  constructor(metrics: MetricRegistry, clock: Clock) {
    this.#clock = clock;
    const total = metrics.counter({
      name: 'db_heartbeat_total',
      help: 'Heartbeats received',
      labelNames: ['status'],
    });
    const durations = metrics.summary({
      name: 'db_heartbeat_durations_microseconds',
      help: 'Time from a heartbeat to its outcome',
      labelNames: ['status'],
    });
    this.#success = { total: total.labels('SUCCESS'), durations: durations.labels('SUCCESS') };
    this.#failure = { total: total.labels('FAILURE'), durations: durations.labels('FAILURE') };
  }

  /** Counts one heartbeat. @param startedMs - monotonic milliseconds at which it came in */
  observe(isSuccess: boolean, startedMs: number): void {
    const series = isSuccess ? this.#success : this.#failure;
    series.total.inc();
    series.durations.observe((this.#clock.monotonicMs() - startedMs) * 1000);
  }
}
