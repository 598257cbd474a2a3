import type { Aggregator } from '@service-center/aggregator';
import { ServiceCenterError } from '@service-center/sdcommon';

import type { RequestScope } from '../request-scope.ts';

/** What a {@link CacheFreshness} works with. */
export interface CacheFreshnessOptions {
  readonly aggregator: Pick<Aggregator, 'sync'>;
  /** How long to wait at most, milliseconds. */
  readonly timeoutMs: number;
}

/** Brings the caches up to what the store holds when a request wants that (spec 00, decision 17). */
export class CacheFreshness {
  readonly #aggregator: Pick<Aggregator, 'sync'>;
  readonly #timeoutMs: number;

  constructor(options: CacheFreshnessOptions) {
    this.#aggregator = options.aggregator;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * Catches up with the store when the request asks for that.
   *
   * @throws ServiceCenterError `unavailableBackend` when the store cannot say where it stands
   */
  async refresh(scope: RequestScope): Promise<void> {
    if (scope.noCache === true) await this.sync(scope.signal);
  }

  /**
   * Catches up with the store if it answers. Reads go on while it is away, so the answer then comes from what is known.
   */
  async catchUp(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.sync(signal);
    } catch (error) {
      if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
    }
  }

  /**
   * Asks the store for its position, once for all callers that wait, and waits until the caches have passed it, or the
   * time is over.
   *
   * @throws ServiceCenterError `unavailableBackend` when the store cannot say where it stands
   */
  async sync(signal: AbortSignal | undefined): Promise<void> {
    await this.#aggregator.sync({
      timeoutMs: this.#timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
