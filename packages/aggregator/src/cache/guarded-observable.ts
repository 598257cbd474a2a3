import { Observable, type Observer, Subscriber, type Subscription } from 'rxjs';

/** Told of an error that a subscriber threw, and of what it was given. */
export type SubscriberErrorHandler<E> = (error: unknown, event: E) => void;

/**
 * An observable whose subscribers may throw: the error is reported, and neither the other subscribers, nor later events,
 * nor the source notice. Left to RxJS the error would end the process as an uncaught exception.
 *
 * It watches over those who subscribe directly. Behind an operator the error is RxJS's to report.
 */
export class GuardedObservable<E> extends Observable<E> {
  readonly #onError: SubscriberErrorHandler<E>;

  constructor(source: Observable<E>, onError: SubscriberErrorHandler<E>) {
    super((subscriber) => source.subscribe(subscriber));
    this.#onError = onError;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<E>> | ((value: E) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer =
      typeof observerOrNext === 'function'
        ? { next: observerOrNext, ...(error && { error }), ...(complete && { complete }) }
        : (observerOrNext ?? {});
    return super.subscribe({
      next: (event) => {
        try {
          observer.next?.(event);
        } catch (thrown) {
          this.#onError(thrown, event);
        }
      },
      error: (failure: unknown) => {
        observer.error?.(failure);
      },
      complete: () => {
        observer.complete?.();
      },
    });
  }
}
