import type { Subscription } from 'rxjs';

import type { Change } from '../../source/change.ts';
import type { ListWatch, ListWatchResponse } from '../../source/list-watch.ts';
import { hasReached, type Position } from '../../source/position.ts';
import type { ResourceType } from '../../source/resource.ts';

/** How long a wait may last before it counts as a failure, milliseconds. Long, since machines under test are slow. */
const waitLimitMs = 20_000;

/** How a recorded session ended. */
export type SessionEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Keeps everything that one session of a feed shows, and lets a test wait for what it is after. */
export class FeedRecorder<T extends ResourceType> {
  readonly #after: Position;
  readonly #responses: ListWatchResponse<T>[] = [];
  readonly #abort = new AbortController();
  readonly #subscription: Subscription;
  readonly #waiting = new Set<() => void>();
  #end: SessionEnd | undefined;

  /** @param after - only what changed after this position is recorded */
  constructor(source: ListWatch<T>, after: Position) {
    this.#after = after;
    this.#subscription = source.watch({ after, signal: this.#abort.signal }).subscribe({
      next: (response) => {
        this.#responses.push(response);
        this.#wake();
      },
      complete: () => {
        this.#finish({ kind: 'completed' });
      },
      error: (error: unknown) => {
        this.#finish({ kind: 'failed', error });
      },
    });
  }

  /** Everything shown so far. */
  get responses(): readonly ListWatchResponse<T>[] {
    return this.#responses;
  }

  /** The changes shown so far, in order. */
  get changes(): readonly Change<T>[] {
    return this.#responses.flatMap((response) => response.changes);
  }

  /** Up to where the session has come. */
  get position(): Position {
    return this.#responses.at(-1)?.position ?? this.#after;
  }

  /** How the session ended, if it did. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Waits until the session has reached a position. @throws Error when it ends or stalls before */
  async reached(position: Position): Promise<void> {
    await this.until(`position ${position.order}`, () => hasReached(this.position, position));
  }

  /** Waits until what was recorded satisfies a condition. @throws Error when the session ends or stalls before */
  async until(what: string, condition: (recorder: this) => boolean): Promise<void> {
    await this.#wait(what, () => {
      if (condition(this)) return true;
      if (this.#end !== undefined)
        throw new Error(`the session ended before ${what}`, this.#cause());
      return false;
    });
  }

  /** Waits until the session is over. @throws Error when it stalls */
  async ended(): Promise<SessionEnd> {
    await this.#wait('the end of the session', () => this.#end !== undefined);
    return this.#end ?? { kind: 'completed' };
  }

  /** Aborts the session through its signal. */
  abort(): void {
    this.#abort.abort();
  }

  /** Leaves the session, without waiting for its end. */
  stop(): void {
    this.#subscription.unsubscribe();
    this.#abort.abort();
    this.#finish({ kind: 'completed' });
  }

  #cause(): ErrorOptions {
    return this.#end?.kind === 'failed' ? { cause: this.#end.error } : {};
  }

  #wait(what: string, isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        try {
          if (!isDone()) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        this.#waiting.delete(check);
        clearTimeout(limit);
      };
      const limit = setTimeout(() => {
        this.#waiting.delete(check);
        const shown = `${this.#responses.length} response(s) up to ${this.position.order}`;
        reject(new Error(`no ${what} within ${waitLimitMs} ms; the session showed ${shown}`));
      }, waitLimitMs);
      this.#waiting.add(check);
      check();
    });
  }

  #finish(end: SessionEnd): void {
    this.#end ??= end;
    this.#wake();
  }

  #wake(): void {
    for (const check of this.#waiting.values().toArray()) check();
  }
}

/** Starts to record a session of a feed. */
export function recordFeed<T extends ResourceType>(
  source: ListWatch<T>,
  after: Position,
): FeedRecorder<T> {
  return new FeedRecorder(source, after);
}
