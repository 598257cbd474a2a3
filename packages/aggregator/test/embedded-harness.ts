import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EmbeddedBackend, type EmbeddedBackendOptions } from '@service-center/backend-embedded';
import { type ListResult, type ResourceType, SystemClock } from '@service-center/sdcommon';
import { Subject, takeUntil } from 'rxjs';

import { Aggregator } from '../src/index.ts';
import { RecordingLogger } from './recording-logger.ts';

/** An aggregator over a real store in a directory that is removed in the end. */
export class EmbeddedHarness implements AsyncDisposable {
  readonly backend: EmbeddedBackend;
  readonly aggregator: Aggregator;
  readonly logger: RecordingLogger;
  /** What the aggregator listed last. */
  lastList: ListResult<ResourceType> | undefined;
  readonly #directory: string;
  readonly #cut$ = new Subject<void>();

  private constructor(directory: string, backend: EmbeddedBackend, logger: RecordingLogger) {
    this.#directory = directory;
    this.backend = backend;
    this.logger = logger;
    this.aggregator = new Aggregator({
      backend: {
        feed: {
          types: backend.feed.types,
          list: async (options) => {
            this.lastList = await backend.feed.list(options);
            return this.lastList;
          },
          watch: (options) => backend.feed.watch(options).pipe(takeUntil(this.#cut$)),
        },
        position: (signal) => backend.position(signal),
      },
      clock: new SystemClock(),
      logger,
      checkIntervalMs: 0,
    });
  }

  /** Opens a directory, a new one by default, and waits until everything stored is cached. */
  static async open(options: Partial<EmbeddedBackendOptions> = {}): Promise<EmbeddedHarness> {
    const logger = new RecordingLogger();
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'aggregator-')));
    const backend = await EmbeddedBackend.open({
      clock: new SystemClock(),
      logger,
      ...options,
      directory,
    });
    const harness = new EmbeddedHarness(directory, backend, logger);
    await harness.aggregator.start();
    return harness;
  }

  /** Ends the session that the aggregator reads; it opens the next one a second after it had opened this one. */
  cut(): void {
    this.#cut$.next();
  }

  /** Closes everything and opens it again on what is stored. */
  async reopen(): Promise<EmbeddedHarness> {
    await this.aggregator.close();
    await this.backend.close();
    return EmbeddedHarness.open({ directory: this.#directory });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.aggregator.close();
    await this.backend.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
