import type {
  Clock,
  Counter,
  Gauge,
  MetricFamily,
  MetricRegistry,
  Summary,
} from '@service-center/sdcommon';

import type { Route } from '../routing/route.ts';

/** What {@link RequestMetrics} work with. */
export interface RequestMetricsOptions {
  readonly metrics: MetricRegistry;
  readonly clock: Clock;
  /** How many domains get series of their own; the rest share `other`. */
  readonly maxDomains: number;
}

const labelNames = ['method', 'code', 'api', 'domain'] as const;
const durationLabelNames = ['method', 'api', 'domain'] as const;
const otherDomains = 'other';

/** The request metrics of spec 05 §8. A domain is free text from a header, so the number of label values is bounded. */
export class RequestMetrics {
  readonly #options: RequestMetricsOptions;
  readonly #requests: MetricFamily<Counter>;
  readonly #successes: MetricFamily<Counter>;
  readonly #durations: MetricFamily<Summary>;
  readonly #rates: MetricFamily<Gauge>;
  readonly #series = new Map<string, Map<Route, RequestSeries>>();
  #ratesMs: number;

  constructor(options: RequestMetricsOptions) {
    const { metrics } = options;
    this.#options = options;
    this.#requests = metrics.counter({
      name: 'http_request_total',
      help: 'Answered HTTP requests',
      labelNames,
    });
    this.#successes = metrics.counter({
      name: 'http_success_total',
      help: 'HTTP requests answered with a status below 500',
      labelNames,
    });
    this.#durations = metrics.summary({
      name: 'http_request_durations_microseconds',
      help: 'Time from the arrival of a request to its answer',
      labelNames: durationLabelNames,
    });
    this.#rates = metrics.gauge({
      name: 'http_query_per_seconds',
      help: 'HTTP requests a second in the last interval',
      labelNames: durationLabelNames,
    });
    this.#ratesMs = options.clock.monotonicMs();
  }

  /** The series of a route in a domain; keep it, looking it up costs. */
  series(route: Route, domain: string): RequestSeries {
    const isKnown = this.#series.has(domain);
    const label = isKnown || this.#series.size < this.#options.maxDomains ? domain : otherDomains;
    let ofDomain = this.#series.get(label);
    if (ofDomain === undefined) {
      ofDomain = new Map();
      this.#series.set(label, ofDomain);
    }
    let series = ofDomain.get(route);
    if (series === undefined) {
      series = this.#create(route, label);
      ofDomain.set(route, series);
    }
    return series;
  }

  /** Computes the requests a second since the last call. */
  updateRates(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const seconds = (nowMs - this.#ratesMs) / 1000;
    if (seconds <= 0) return;
    this.#ratesMs = nowMs;
    for (const ofDomain of this.#series.values()) {
      for (const series of ofDomain.values()) series.updateRate(seconds);
    }
  }

  #create(route: Route, domain: string): RequestSeries {
    const { method, api } = route;
    return new RequestSeries({
      durations: this.#durations.labels(method, api, domain),
      rate: this.#rates.labels(method, api, domain),
      requests: (code) => this.#requests.labels(method, code, api, domain),
      successes: (code) => this.#successes.labels(method, code, api, domain),
    });
  }
}

interface SeriesParts {
  readonly durations: Summary;
  readonly rate: Gauge;
  readonly requests: (code: string) => Counter;
  readonly successes: (code: string) => Counter;
}

interface CodeCounters {
  readonly request: Counter;
  readonly success: Counter | undefined;
}

/** What is counted for one route in one domain. */
export class RequestSeries {
  readonly #parts: SeriesParts;
  readonly #byStatus = new Map<number, CodeCounters>();
  #count = 0;
  #countAtLastRate = 0;

  constructor(parts: SeriesParts) {
    this.#parts = parts;
  }

  /** Counts one answer. */
  record(status: number, microseconds: number): void {
    let counters = this.#byStatus.get(status);
    if (counters === undefined) {
      const code = String(status);
      counters = {
        request: this.#parts.requests(code),
        success: status < 500 ? this.#parts.successes(code) : undefined,
      };
      this.#byStatus.set(status, counters);
    }
    this.#count++;
    counters.request.inc();
    counters.success?.inc();
    this.#parts.durations.observe(microseconds);
  }

  updateRate(seconds: number): void {
    this.#parts.rate.set((this.#count - this.#countAtLastRate) / seconds);
    this.#countAtLastRate = this.#count;
  }
}
