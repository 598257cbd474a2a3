import { Histogram, type HistogramSnapshot } from './histogram.ts';
import { Summary, type SummarySnapshot } from './summary.ts';

/** What a metric is called, what it says and which labels its series have, in order. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /**
   * How the values of a gauge become one where several processes are one server. Default `sum`; `max` for what each of
   * them sees as a whole, such as the number of registered instances.
   */
  readonly combine?: 'sum' | 'max';
}

/** What a family of histograms is called, and where its buckets end. */
export interface HistogramSpec extends MetricSpec {
  /** What each bucket holds at most, ascending, in the unit that the name says; one without an end is added. */
  readonly bounds: readonly number[];
}

/** A number that only grows. */
export interface Counter {
  inc(by?: number): void;
}

/** A number that goes both ways. */
export interface Gauge {
  set(value: number): void;
  inc(by?: number): void;
}

/** One family: a series for each combination of label values. Keep the series on hot paths, looking it up costs. */
export interface MetricFamily<S> {
  /** @throws RangeError when the number of values differs from the number of label names */
  labels(...values: readonly string[]): S;
  /** Forgets all series. */
  reset(): void;
}

/** One series as it stands. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | SummarySnapshot | HistogramSnapshot;
}

/** One family as it stands, for whoever renders it. */
export interface MetricSnapshot {
  readonly kind: 'counter' | 'gauge' | 'summary' | 'histogram';
  readonly spec: MetricSpec;
  readonly samples: readonly MetricSample[];
}

class Series implements Counter, Gauge {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }

  set(value: number): void {
    this.value = value;
  }
}

type AnySeries = Series | Summary | Histogram;

class Family<S extends AnySeries> implements MetricFamily<S> {
  readonly #spec: MetricSpec;
  readonly #create: () => S;
  readonly #series = new Map<string, { readonly values: readonly string[]; readonly series: S }>();

  constructor(spec: MetricSpec, create: () => S) {
    this.#spec = spec;
    this.#create = create;
  }

  labels(...values: readonly string[]): S {
    const names = this.#spec.labelNames ?? [];
    if (values.length !== names.length) {
      throw new RangeError(`${this.#spec.name} has the labels [${names.join(', ')}]`);
    }
    const id = values.join('\0');
    let entry = this.#series.get(id);
    if (entry === undefined) {
      entry = { values, series: this.#create() };
      this.#series.set(id, entry);
    }
    return entry.series;
  }

  reset(): void {
    this.#series.clear();
  }

  samples(): MetricSample[] {
    const names = this.#spec.labelNames ?? [];
    return [...this.#series.values()].map(({ values, series }) => ({
      labels: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
      value: series instanceof Series ? series.value : series.snapshot(),
    }));
  }
}

/**
 * The metrics of one process. Recording touches plain numbers only; rendering is left to whoever serves them
 * (design §3.5).
 */
export class MetricRegistry {
  readonly #families = new Map<
    string,
    {
      readonly kind: MetricSnapshot['kind'];
      readonly spec: MetricSpec;
      readonly family: Family<AnySeries>;
    }
  >();
  readonly #refreshers = new Set<() => void>();

  /** @throws Error when the name is taken */
  counter(spec: MetricSpec): MetricFamily<Counter> {
    return this.#add('counter', spec, new Family<Series>(spec, () => new Series()));
  }

  /** @throws Error when the name is taken */
  gauge(spec: MetricSpec): MetricFamily<Gauge> {
    return this.#add('gauge', spec, new Family<Series>(spec, () => new Series()));
  }

  /** Durations with quantiles 0.5, 0.9 and 0.99. @throws Error when the name is taken */
  summary(spec: MetricSpec): MetricFamily<Summary> {
    return this.#add('summary', spec, new Family<Summary>(spec, () => new Summary()));
  }

  /** Values in buckets. @throws Error when the name is taken */
  histogram(spec: HistogramSpec): MetricFamily<Histogram> {
    return this.#add(
      'histogram',
      spec,
      new Family<Histogram>(spec, () => new Histogram(spec.bounds)),
    );
  }

  /**
   * Has a function run before each snapshot, to set gauges that are read from elsewhere.
   *
   * @returns takes it out again
   */
  onCollect(refresh: () => void): () => void {
    this.#refreshers.add(refresh);
    return () => {
      this.#refreshers.delete(refresh);
    };
  }

  /** Everything as it stands. */
  collect(): MetricSnapshot[] {
    for (const refresh of this.#refreshers) refresh();
    return [...this.#families.values()].map(({ kind, spec, family }) => ({
      kind,
      spec,
      samples: family.samples(),
    }));
  }

  #add<S extends AnySeries>(
    kind: MetricSnapshot['kind'],
    spec: MetricSpec,
    family: Family<S>,
  ): Family<S> {
    if (this.#families.has(spec.name)) throw new Error(`metric ${spec.name} is defined twice`);
    this.#families.set(spec.name, { kind, spec, family });
    return family;
  }
}
