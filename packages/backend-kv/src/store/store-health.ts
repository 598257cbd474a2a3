import type { BackendHealth } from '@service-center/sdcommon';
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';

/** What a store tells of its own health; each store knows by itself what counts as up. */
export class StoreHealth {
  readonly #state = new BehaviorSubject<BackendHealth>({ status: 'up' });

  /** The state now and each change of it. */
  readonly changes$: Observable<BackendHealth> = this.#state.pipe(
    distinctUntilChanged((before, after) => before.status === after.status),
  );

  /** Whether it is up now. */
  get isUp(): boolean {
    return this.#state.value.status === 'up';
  }

  /** It is up, or is so again. */
  up(): void {
    if (!this.isUp) this.#state.next({ status: 'up' });
  }

  /** It is down. @param detail - what does not work, for alarms and logs */
  down(detail: string): void {
    this.#state.next({ status: 'down', detail });
  }

  /** Ends {@link StoreHealth.changes$}. */
  close(): void {
    this.#state.complete();
  }
}
