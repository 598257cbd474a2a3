import type {
  Counter,
  MetricFamily,
  MetricRegistry,
  StoreOperation,
  StoreOperationObserver,
  Summary,
} from '@service-center/sdcommon';

interface Series {
  readonly total: Counter;
  readonly durations: Summary;
}

/** Counts and times every operation on the store (spec 05 §8). */
export class StoreOperationMetrics implements StoreOperationObserver {
  readonly #totals: MetricFamily<Counter>;
  readonly #durations: MetricFamily<Summary>;
  readonly #series = new Map<string, Series>();

  constructor(metrics: MetricRegistry) {
    this.#totals = metrics.counter({
      name: 'db_backend_operation_total',
      help: 'Operations on the store',
      labelNames: ['operation', 'status'],
    });
    this.#durations = metrics.summary({
      name: 'db_backend_operation_durations_microseconds',
      help: 'Time from an operation on the store to its answer',
      labelNames: ['operation', 'status'],
    });
  }

  observe(operation: StoreOperation, success: boolean, microseconds: number): void {
    const id = success ? operation : `!${operation}`;
    let series = this.#series.get(id);
    if (series === undefined) {
      const status = success ? 'SUCCESS' : 'FAILURE';
      series = {
        total: this.#totals.labels(operation, status),
        durations: this.#durations.labels(operation, status),
      };
      this.#series.set(id, series);
    }
    series.total.inc();
    series.durations.observe(microseconds);
  }
}
