import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  Backoff,
  type BackendHealth,
  type Clock,
  EventBus,
  hasReached,
  type ListResult,
  type ListWatch,
  type ListWatchResponse,
  type Logger,
  type Position,
  type ResourceType,
  ServiceCenterError,
  WatchError,
} from '@service-center/sdcommon';
import { map, type Observable } from 'rxjs';

import { pause } from './pause.ts';

/** Takes what a {@link FeedLoop} reads. */
export interface FeedSink {
  /** Makes the caches what the list says. @throws the signal's reason */
  applyList(list: ListResult<ResourceType>, signal: AbortSignal): Promise<void>;
  /** @param receivedMs - monotonic milliseconds at which the response came */
  applyResponse(response: ListWatchResponse<ResourceType>, receivedMs: number): void;
}

/** What a {@link FeedLoop} needs. */
export interface FeedLoopOptions {
  readonly feed: ListWatch<ResourceType>;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between rounds that fail. Default: 1 s growing to 30 s. */
  readonly backoff?: Backoff;
  /** Whether the store can be reached: once it can again, no round waits any longer. Default: nothing is known. */
  readonly health$?: Observable<BackendHealth>;
  /** How many responses may wait to be applied. Default 1000. */
  readonly busCapacity?: number;
}

interface Received {
  readonly response: ListWatchResponse<ResourceType>;
  readonly receivedMs: number;
}

/** The least time from the start of a round to the start of the next, milliseconds. */
const minRoundMs = 1000;
/** How long a burst of responses is applied before others get a turn, milliseconds. */
const maxTurnMs = 20;

/**
 * Follows one feed for as long as it is wanted (spec 03 §3.3 and §3.4): a round lists if there is no good position, then
 * watches until the session is over. Rounds that fail are repeated with growing gaps, from start to start.
 */
export class FeedLoop {
  readonly #feed: ListWatch<ResourceType>;
  readonly #sink: FeedSink;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #backoff: Backoff;
  readonly #busCapacity: number | undefined;
  readonly #health$: Observable<BackendHealth> | undefined;
  /** Where the next session continues; undefined when only a list can tell. */
  #position: Position | undefined;
  #isListWanted = false;
  #endSession: (() => void) | undefined;
  #endRest: (() => void) | undefined;
  #failures = 0;

  constructor(options: FeedLoopOptions) {
    this.#feed = options.feed;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#backoff = options.backoff ?? new Backoff();
    this.#busCapacity = options.busCapacity;
    this.#health$ = options.health$;
  }

  /** Has the store listed soon, because what the caches hold is in doubt. */
  requestList(reason: string): void {
    if (this.#isListWanted) return;
    this.#logger.warn({ reason }, 'the store is listed again');
    this.#isListWanted = true;
    this.#endSession?.();
  }

  /** Runs until the signal is aborted; fails never. */
  async run(signal: AbortSignal): Promise<void> {
    const health = this.#health$?.subscribe(({ status }) => {
      if (status === 'up') this.#storeIsBack();
    });
    try {
      await this.#repeat(signal);
    } finally {
      health?.unsubscribe();
    }
  }

  async #repeat(signal: AbortSignal): Promise<void> {
    for (;;) {
      const startedMs = this.#clock.monotonicMs();
      let gapMs = minRoundMs;
      try {
        await this.#round(signal);
        this.#failures = 0;
      } catch (error) {
        if (isAborted(signal)) return;
        this.#failures++;
        gapMs = Math.max(minRoundMs, this.#backoff.delayMs(this.#failures - 1));
        this.#logger.warn(
          { err: error, failures: this.#failures, gapMs },
          'following the store failed; the caches serve what they have',
        );
      }
      if (!(await this.#rest(startedMs, gapMs, signal))) return;
    }
  }

  /** After an outage of a minute the next round would be half a minute away, and all reads as old as that. */
  #storeIsBack(): void {
    this.#failures = 0;
    this.#endRest?.();
  }

  /** Waits until the next round is due, which is earlier when the store is back. @returns whether to go on */
  async #rest(startedMs: number, gapMs: number, signal: AbortSignal): Promise<boolean> {
    const back = new AbortController();
    this.#endRest = () => {
      back.abort();
    };
    const isOver = await this.#pauseUntil(
      startedMs + gapMs,
      AbortSignal.any([signal, back.signal]),
    );
    this.#endRest = undefined;
    return isOver || this.#pauseUntil(startedMs + minRoundMs, signal);
  }

  async #pauseUntil(atMs: number, signal: AbortSignal): Promise<boolean> {
    const restMs = atMs - this.#clock.monotonicMs();
    return restMs > 0 ? pause(this.#clock, restMs, signal) : !isAborted(signal);
  }

  async #round(signal: AbortSignal): Promise<void> {
    if (this.#position === undefined || this.#isListWanted) await this.#list(signal);
    if (this.#position !== undefined && !this.#isListWanted) {
      await this.#watch(this.#position, signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#isListWanted = false;
    let list: ListResult<ResourceType>;
    try {
      list = await this.#feed.list({ signal });
    } catch (error) {
      if (this.#position === undefined || signal.aborted) throw error;
      // A store that cannot list may still be able to say what changes.
      this.#logger.warn({ err: error }, 'listing the store failed; its changes are followed on');
      return;
    }
    // Half a list leaves the caches between two states: only another list can mend that.
    this.#position = undefined;
    await this.#sink.applyList(list, signal);
    this.#position = list.position;
  }

  async #watch(after: Position, signal: AbortSignal): Promise<void> {
    const session = new AbortController();
    const changes$ = this.#feed
      .watch({ after, signal: session.signal })
      .pipe(map((response): Received => ({ response, receivedMs: this.#clock.monotonicMs() })));
    const bus = new EventBus(changes$, this.#busCapacity);
    const end = (): void => {
      bus.stop();
      session.abort();
    };
    this.#endSession = end;
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      await this.#drain(bus, signal);
    } finally {
      signal.removeEventListener('abort', end);
      this.#endSession = undefined;
      end();
    }
  }

  async #drain(bus: EventBus<Received>, signal: AbortSignal): Promise<void> {
    let turnEndMs = this.#clock.monotonicMs() + maxTurnMs;
    for (;;) {
      const item = bus.poll() ?? (await bus.take());
      if (signal.aborted || item.kind === 'end') return;
      if (item.kind === 'failure') throw this.#sessionError(item.error);
      this.#apply(item.event);
      if (this.#clock.monotonicMs() < turnEndMs) continue;
      await nextTurn();
      turnEndMs = this.#clock.monotonicMs() + maxTurnMs;
    }
  }

  #apply({ response, receivedMs }: Received): void {
    const before = this.#position;
    // Whatever goes wrong from here on, the caches and the position may no longer fit together.
    this.#position = undefined;
    if (before !== undefined && !hasReached(response.position, before)) {
      throw new WatchError(
        'invalidPosition',
        `the feed went from ${formatPosition(before)} to ${formatPosition(response.position)}; the store was restored or replaced`,
      );
    }
    this.#sink.applyResponse(response, receivedMs);
    this.#position = response.position;
    this.#failures = 0;
  }

  #sessionError(error: unknown): Error {
    const isPositionLost =
      error instanceof WatchError ? error.positionLost : !ServiceCenterError.is(error);
    if (isPositionLost) this.#position = undefined;
    return error instanceof Error
      ? error
      : new WatchError('protocol', 'the watch failed without an error', { cause: error });
  }
}

// Asked through a function, so that the compiler does not take the answer for settled.
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function formatPosition({ epoch, order }: Position): string {
  return `${order} of ${epoch}`;
}
