import type { CacheEvent, CacheEventRecord, ResourceType } from '@service-center/sdcommon';
import { type Observable, Subject } from 'rxjs';

import { GuardedObservable, type SubscriberErrorHandler } from './guarded-observable.ts';

/** Told of an error that a follower threw, and of the event it was given. */
export type FollowerErrorHandler = SubscriberErrorHandler<CacheEventRecord<ResourceType>>;

class CacheEventStream<T extends ResourceType> {
  readonly subject = new Subject<CacheEvent<T>>();
  readonly events$: Observable<CacheEvent<T>>;

  constructor(onError: FollowerErrorHandler) {
    this.events$ = new GuardedObservable(this.subject, onError);
  }
}

type Streams = { readonly [K in ResourceType]: CacheEventStream<K> };

/**
 * Hands cache events to their followers: to those of the event's type first, then to those of all types. A follower that
 * throws is reported and harms nobody (spec 03 §12.6 D4).
 */
export class CacheEventStreams {
  readonly #all = new Subject<CacheEvent>();
  readonly #streams: Streams;
  /** The events of all types, in store order. */
  readonly events$: Observable<CacheEvent>;

  constructor(onError: FollowerErrorHandler) {
    this.events$ = new GuardedObservable(this.#all, onError);
    this.#streams = {
      DOMAIN: new CacheEventStream(onError),
      PROJECT: new CacheEventStream(onError),
      SERVICE: new CacheEventStream(onError),
      SERVICE_INDEX: new CacheEventStream(onError),
      SERVICE_ALIAS: new CacheEventStream(onError),
      SERVICE_TAG: new CacheEventStream(onError),
      RULE: new CacheEventStream(onError),
      RULE_INDEX: new CacheEventStream(onError),
      SCHEMA_REF: new CacheEventStream(onError),
      SCHEMA_SUMMARY: new CacheEventStream(onError),
      DEPENDENCY_RULE: new CacheEventStream(onError),
      DEPENDENCY_QUEUE: new CacheEventStream(onError),
      INSTANCE: new CacheEventStream(onError),
    };
  }

  /** The events of one type, in store order. */
  ofType<T extends ResourceType>(type: T): Observable<CacheEvent<T>> {
    return this.#streams[type].events$;
  }

  publish(event: CacheEvent): void {
    this.#publishToType(event);
    if (this.#all.observed) this.#all.next(event);
  }

  /** Completes all streams. */
  complete(): void {
    for (const { subject } of Object.values(this.#streams)) subject.complete();
    this.#all.complete();
  }

  #publishToType<T extends ResourceType>(event: CacheEvent<T>): void {
    const { subject } = this.#streams[event.resourceType];
    if (subject.observed) subject.next(event);
  }
}
