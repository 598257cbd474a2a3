import type {
  CacheEvent,
  Clock,
  MetricRegistry,
  MicroService,
  ServiceIdentity,
} from '@service-center/sdcommon';

import { serviceKey } from '../dependency/service-key.ts';
import { DeliveryLog } from './delivery-log.ts';
import { DeliveryRecorder } from './delivery-recorder.ts';
import { bytesPerDelivery } from './delivery-segment.ts';
import { PushLog } from './push-log.ts';
import { PushMetrics } from './push-metrics.ts';
import type { FoundPushes, PushQuery } from './push-record.ts';
import type { SubscriberDescription } from './subscriber-description.ts';
import { PushSearch } from './push-search.ts';
import { SubscriberTable } from './subscriber-table.ts';
import { TracedPush, type PushAction, type PushCause } from './traced-push.ts';
import { TracedSubscriber } from './traced-subscriber.ts';

/** What a {@link PushTrace} works with. */
export interface PushTraceOptions {
  readonly clock: Clock;
  readonly metrics: MetricRegistry;
  /** How long pushes are kept; 0: none are, they are only counted. */
  readonly minutes: number;
  /** What the kept pushes with their deliveries may take in memory, about. */
  readonly maxBytes: number;
}

// Deliveries are given back by segments: 172 KB at a time, or a sixteenth of all there may be.
const segmentsPerLog = 16;
const maxSegmentDeliveries = 8192;
const minSegmentDeliveries = 16;

/** A change that is pushed. */
export type TracedEvent = CacheEvent<'SERVICE' | 'INSTANCE'>;

/**
 * Remembers for a while which change went to which subscriber, and when, within a bound of memory: the oldest pushes are
 * forgotten first.
 *
 * Whoever sends changes has each subscriber named by {@link PushTrace.subscriber} and each change by
 * {@link PushTrace.push}, and tells the latter what becomes of every delivery.
 */
export class PushTrace {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #maxBytes: number;
  readonly #pushes = new PushLog();
  readonly #subscribers = new SubscriberTable();
  readonly #deliveries: DeliveryLog;
  readonly #recorder: DeliveryRecorder;
  readonly #search: PushSearch;
  readonly #pushOf = new WeakMap<TracedEvent, TracedPush>();
  #pushCount = 0;
  #subscriberCount = 0;

  constructor({ clock, metrics, minutes, maxBytes }: PushTraceOptions) {
    this.#clock = clock;
    this.#keepMs = minutes * 60_000;
    this.#maxBytes = maxBytes;
    const capacity = Math.floor(maxBytes / segmentsPerLog / bytesPerDelivery);
    this.#deliveries = new DeliveryLog(
      Math.min(maxSegmentDeliveries, Math.max(minSegmentDeliveries, capacity)),
      () => {
        this.#forget();
      },
    );
    this.#search = new PushSearch({
      clock,
      pushes: this.#pushes,
      deliveries: this.#deliveries,
      subscribers: this.#subscribers,
    });
    this.#recorder = new DeliveryRecorder({
      clock,
      metrics: new PushMetrics(metrics),
      log: this.#isOn ? this.#deliveries : undefined,
      onBegin: (push) => this.#keep(push),
    });
  }

  /** What is kept takes this much memory, about. */
  get bytes(): number {
    return this.#pushes.bytes + this.#deliveries.bytes + this.#subscribers.endedBytes;
  }

  /** Names a subscriber. Close it when it is gone. */
  subscriber(description: SubscriberDescription): TracedSubscriber {
    // Kept in 32 bits.
    const number = ++this.#subscriberCount >>> 0;
    if (!this.#isOn) return new TracedSubscriber(number, description, () => undefined);
    const subscriber = new TracedSubscriber(number, description, (closed) => {
      this.#subscribers.end(closed, this.#pushCount);
      this.#forget();
    });
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /**
   * The push of a change; the same for everybody who asks with the same event.
   *
   * @param service - the one that changed, or that of the instance
   */
  push(event: TracedEvent, service: MicroService): TracedPush {
    const known = this.#pushOf.get(event);
    if (known !== undefined) return known;
    const { identity } = event.resource;
    const instanceId = 'instanceId' in identity ? identity.instanceId : undefined;
    const push = this.#add(event.type, identity, service, event, instanceId);
    this.#pushOf.set(event, push);
    return push;
  }

  /** The push that tells subscribers to forget a provider. @param cause - the change that made it necessary */
  expiry(identity: ServiceIdentity, provider: MicroService, cause: PushCause): TracedPush {
    return this.#add('EXPIRE', identity, provider, cause, undefined);
  }

  /** Finds what went to whom, the newest first; pushes of long ago, or too many ago, are forgotten. */
  find(query: PushQuery): Promise<FoundPushes> {
    this.#forget();
    return this.#search.find(query);
  }

  get #isOn(): boolean {
    return this.#keepMs > 0;
  }

  #add(
    action: PushAction,
    { tenant, serviceId }: ServiceIdentity,
    service: MicroService,
    { revision, receivedMs, committedMs }: PushCause,
    instanceId: string | undefined,
  ): TracedPush {
    const appliedMs = this.#clock.monotonicMs();
    const change = {
      action,
      tenant,
      key: serviceKey(tenant, service),
      serviceId,
      instanceId,
      ...(revision !== undefined && { revision }),
      receivedMs,
      ...(committedMs !== undefined && { committedMs }),
      appliedMs,
    };
    return new TracedPush(change, this.#recorder);
  }

  /** What goes to nobody is not kept. */
  #keep(push: TracedPush): number {
    const number = this.#pushCount++;
    if (this.#isOn) {
      this.#pushes.add(push);
      this.#forget();
    }
    return number;
  }

  /**
   * Forgets what is too old, and the oldest of what is too much. What is kept of deliveries and of subscribers that have
   * gone follows from the pushes that are kept, so a push is shown with all its deliveries or not at all.
   */
  #forget(nowMs: number = this.#clock.monotonicMs()): void {
    const beforeMs = nowMs - this.#keepMs;
    for (;;) {
      const { oldest } = this.#pushes;
      const firstPush = this.#pushCount - this.#pushes.size;
      this.#deliveries.forget(firstPush);
      this.#subscribers.forget(firstPush);
      const isDue =
        oldest !== undefined && (oldest.change.appliedMs < beforeMs || this.bytes > this.#maxBytes);
      if (!isDue) return;
      this.#pushes.dropOldest();
    }
  }
}
