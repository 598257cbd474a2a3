import { MetricRegistry, type Clock, type Counter, type Logger } from '@service-center/sdcommon';

import { StartError } from '../lifecycle/start-error.ts';
import type { TransferredConfiguration } from './configuration-transfer.ts';
import type { WorkerMessage } from './messages.ts';
import { Representation } from './representation.ts';
import { SharedMetrics } from './shared-metrics.ts';
import type { LaunchWorker } from './worker-process.ts';
import { WorkerSlot } from './worker-slot.ts';

/** How long a worker may load its caches: far above what the largest registry takes. */
const defaultStartTimeoutMs = 300_000;

/** What a {@link WorkerSupervisor} works with. */
export interface WorkerSupervisorOptions {
  /** How many workers. */
  readonly count: number;
  readonly launch: LaunchWorker;
  readonly configuration: TransferredConfiguration;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the start of a worker may take after the last sign of it, milliseconds. Default 300000. */
  readonly startTimeoutMs?: number;
}

/** Where the server is, once all its workers are ready. */
export interface ServerPlace {
  readonly address: string;
  readonly port: number;
  /** Where the data is, in words. */
  readonly store: string;
}

/**
 * Keeps a number of workers running. It has no store and takes no request: what could break it is kept away from it.
 */
export class WorkerSupervisor {
  readonly #options: WorkerSupervisorOptions;
  readonly #workers: readonly WorkerSlot[];
  readonly #representation = new Representation(() => this.#workers);
  readonly #metrics: SharedMetrics;
  readonly #ends: Counter;
  readonly #ready = Promise.withResolvers<ServerPlace>();
  readonly #failed = Promise.withResolvers<never>();
  #isReady = false;

  constructor(options: WorkerSupervisorOptions) {
    this.#options = options;
    const own = new MetricRegistry();
    const running = own.gauge({ name: 'worker_total', help: 'Workers that are ready' }).labels();
    own.onCollect(() => {
      running.set(this.#workers.filter((worker) => worker.isListening).length);
    });
    this.#ends = own.counter({ name: 'worker_end_total', help: 'Workers that ended' }).labels();
    this.#metrics = new SharedMetrics({
      clock: options.clock,
      own,
      workers: () => this.#workers,
    });
    this.#workers = Array.from({ length: options.count }, (_, index) => this.#place(index + 1));
    // Whoever looks at it gets the error; until then it is not unhandled.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects with a {@link StartError} when there is no use in going on; otherwise stays pending. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /**
   * Starts the workers.
   *
   * @returns when all of them are ready and show that the server is registered
   * @throws StartError when a worker refuses to run, or keeps ending
   */
  async start(): Promise<ServerPlace> {
    for (const worker of this.#workers) worker.start();
    const place = await Promise.race([this.#ready.promise, this.#failed.promise]);
    await Promise.race([this.#representation.done, this.#failed.promise]);
    this.#isReady = true;
    return place;
  }

  /** Stops the workers in order. @returns when all are gone */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #place(number: number): WorkerSlot {
    const { launch, clock, logger, startTimeoutMs = defaultStartTimeoutMs } = this.#options;
    const worker: WorkerSlot = new WorkerSlot({
      number,
      launch,
      clock,
      logger,
      startTimeoutMs,
      onMessage: (message) => {
        this.#onMessage(worker, message);
      },
      onEnd: () => {
        this.#ends.inc();
        this.#metrics.onEnd(worker);
        this.#representation.onEnd(worker);
      },
      onGiveUp: () => {
        this.#failed.reject(
          new StartError(`worker ${number} ends again and again; the log says why`),
        );
      },
    });
    return worker;
  }

  #onMessage(worker: WorkerSlot, message: WorkerMessage): void {
    switch (message.kind) {
      case 'asking':
        worker.send({ kind: 'start', worker: worker.number, ...this.#options.configuration });
        return;
      case 'waiting':
        return;
      case 'refused':
        this.#onRefused(worker, message.reason);
        return;
      case 'listening': {
        const { address, port, store } = message;
        this.#options.logger.info({ worker: worker.number, port }, 'a worker is ready');
        this.#representation.onListening(worker);
        if (this.#workers.every((other) => other.isListening)) {
          this.#ready.resolve({ address, port, store });
        }
        return;
      }
      case 'representing':
        this.#representation.onRepresenting(worker, message.instance);
        return;
      case 'showing':
        this.#representation.onShowing(worker);
        return;
      case 'metricsWanted':
        this.#sendMetrics(worker, message.request).catch((error: unknown) => {
          this.#options.logger.error({ err: error }, 'metrics not collected');
        });
        return;
      case 'metrics':
        this.#metrics.onMetrics(worker, message.round, message.metrics);
        return;
    }
  }

  /** At the start it is what the user has to know; later it may pass, such as a log that could not be opened. */
  #onRefused(worker: WorkerSlot, reason: string): void {
    if (this.#isReady) {
      this.#options.logger.error({ worker: worker.number, reason }, 'a worker does not start');
    } else {
      this.#failed.reject(new StartError(reason));
    }
  }

  async #sendMetrics(worker: WorkerSlot, request: number): Promise<void> {
    worker.send({ kind: 'metrics', request, metrics: await this.#metrics.collect() });
  }
}
