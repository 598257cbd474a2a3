import {
  combineMetrics,
  type Clock,
  type MetricRegistry,
  type MetricSnapshot,
} from '@service-center/sdcommon';

import type { WorkerSlot } from './worker-slot.ts';

/** How long a worker may take to send its metrics; one that is busier is shown as it was the last time. */
const answerTimeoutMs = 2000;

/** What {@link SharedMetrics} work with. */
export interface SharedMetricsOptions {
  readonly clock: Clock;
  /** What the primary measures itself. */
  readonly own: MetricRegistry;
  readonly workers: () => readonly WorkerSlot[];
}

interface Round {
  readonly id: number;
  readonly missing: Set<WorkerSlot>;
  readonly complete: () => void;
}

/**
 * The metrics of all workers as those of one server. What a worker had counted stays counted when it ends, as far as
 * somebody had looked at it: a sum that falls would look like a restart, and the rest like a flood of requests.
 */
export class SharedMetrics {
  readonly #options: SharedMetricsOptions;
  readonly #last = new Map<WorkerSlot, readonly MetricSnapshot[]>();
  #ended: readonly MetricSnapshot[] = [];
  #round: Round | undefined;
  #collecting: Promise<readonly MetricSnapshot[]> | undefined;
  #rounds = 0;

  constructor(options: SharedMetricsOptions) {
    this.#options = options;
  }

  /** Everything as it stands; who asks while others wait gets their answer. */
  collect(): Promise<readonly MetricSnapshot[]> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  /** A worker sent its metrics. */
  onMetrics(worker: WorkerSlot, round: number, metrics: readonly MetricSnapshot[]): void {
    // One of an earlier round would take back what the next one has shown.
    if (this.#round?.id !== round) return;
    this.#last.set(worker, metrics);
    this.#settle(worker);
  }

  /** A worker is gone. */
  onEnd(worker: WorkerSlot): void {
    const counted = this.#last.get(worker)?.filter(({ kind }) => kind !== 'gauge') ?? [];
    this.#ended = combineMetrics([this.#ended, counted]);
    this.#last.delete(worker);
    this.#settle(worker);
  }

  async #collect(): Promise<readonly MetricSnapshot[]> {
    const { clock, own, workers } = this.#options;
    const asked = workers().filter((worker) => worker.isListening);
    const { promise: complete, resolve } = Promise.withResolvers<void>();
    const round = { id: ++this.#rounds, missing: new Set(asked), complete: resolve };
    this.#round = round;
    const cancel = clock.schedule(answerTimeoutMs, resolve);
    for (const worker of asked) worker.send({ kind: 'collect', round: round.id });
    if (asked.length > 0) await complete;
    cancel();
    this.#round = undefined;
    return combineMetrics([...this.#last.values(), own.collect(), this.#ended]);
  }

  #settle(worker: WorkerSlot): void {
    const round = this.#round;
    if (round?.missing.delete(worker) === true && round.missing.size === 0) round.complete();
  }
}
