import type { Observable, Subscription } from 'rxjs';

import type { KvEvent, KvWatchBatch } from '../../store/kv-event.ts';

/** How a watch session stands. */
export type WatchEnd =
  | { readonly kind: 'open' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Records one watch session. */
export class WatchRecorder {
  readonly batches: KvWatchBatch[] = [];
  readonly #subscription: Subscription;
  readonly #waiting = new Set<() => void>();
  #end: WatchEnd = { kind: 'open' };

  /** @param source - subscribed to at once */
  constructor(source: Observable<KvWatchBatch>) {
    this.#subscription = source.subscribe({
      next: (batch) => {
        this.batches.push(batch);
        this.#notify();
      },
      complete: () => {
        this.#finish({ kind: 'completed' });
      },
      error: (error: unknown) => {
        this.#finish({ kind: 'failed', error });
      },
    });
  }

  /** Whether, and how, the session ended. */
  get end(): WatchEnd {
    return this.#end;
  }

  /** All changes so far, in order. */
  get events(): readonly KvEvent[] {
    return this.batches.flatMap(({ events }) => events);
  }

  /** Waits until the session has shown everything up to a revision. */
  async reached(revision: bigint): Promise<void> {
    await this.until(() => this.batches.some((batch) => batch.revision >= revision));
  }

  /** Waits until the session is over. */
  async ended(): Promise<WatchEnd> {
    await this.until(() => this.#end.kind !== 'open');
    return this.#end;
  }

  /** Waits until a condition holds; looks at it after each batch. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#end.kind !== 'open') {
        throw new Error(
          `the watch ended (${this.#end.kind}) before it showed what was waited for`,
          {
            cause: this.#end,
          },
        );
      }
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  /** Leaves the session. */
  stop(): void {
    this.#subscription.unsubscribe();
    this.#finish({ kind: 'completed' });
  }

  #finish(end: WatchEnd): void {
    if (this.#end.kind === 'open') this.#end = end;
    this.#notify();
  }

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** The revision of a change. */
export function eventRevision(event: KvEvent): bigint {
  return event.kind === 'put' ? event.record.modRevision : event.revision;
}

/** The key of a change. */
export function eventKey(event: KvEvent): string {
  return event.kind === 'put' ? event.record.key : event.key;
}
