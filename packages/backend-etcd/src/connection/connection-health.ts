import type { BackendHealth } from '@service-center/sdcommon';
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';

/** Whether the cluster answers. */
export class ConnectionHealth {
  readonly #state = new BehaviorSubject<BackendHealth>({ status: 'up' });

  /** The state now and each change of it. */
  readonly changes$: Observable<BackendHealth> = this.#state.pipe(
    distinctUntilChanged((before, after) => before.status === after.status),
  );

  get isUp(): boolean {
    return this.#state.value.status === 'up';
  }

  up(): void {
    if (!this.isUp) this.#state.next({ status: 'up' });
  }

  down(detail: string): void {
    this.#state.next({ status: 'down', detail });
  }

  /** Ends {@link changes$}. */
  close(): void {
    this.#state.complete();
  }
}
