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
import { bytesPerDelivery, type DeliverySegment } from './delivery-segment.ts';
import { PushLog } from './push-log.ts';
import { PushMetrics } from './push-metrics.ts';
import type { SubscriberDescription } from './subscriber-description.ts';
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

// A sixteenth of what is kept goes at a time; 8192 deliveries are 172 KB, and forgotten in no time.
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
    this.#recorder = new DeliveryRecorder({
      clock,
      metrics: new PushMetrics(metrics),
      log: this.#isOn ? this.#deliveries : undefined,
    });
  }

  /** What is kept takes this much memory, about. */
  get bytes(): number {
    return this.#pushes.bytes + this.#deliveries.bytes + this.#subscribers.endedBytes;
  }

  /** Names a subscriber. Close it when it is gone. */
  subscriber(description: SubscriberDescription): TracedSubscriber {
    const number = ++this.#subscriberCount;
    if (!this.#isOn) return new TracedSubscriber(number, description, () => undefined);
    const subscriber = new TracedSubscriber(number, description, (closed) => {
      const nowMs = this.#clock.monotonicMs();
      this.#subscribers.end(closed, nowMs, this.#deliveries.currentSegment);
      this.#forget(nowMs);
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
      revision,
      receivedMs,
      ...(committedMs !== undefined && { committedMs }),
      appliedMs,
    };
    const push = new TracedPush(this.#pushCount++, change, this.#recorder);
    if (this.#isOn) {
      this.#pushes.add(push);
      this.#forget(appliedMs);
    }
    return push;
  }

  /** Forgets what is too old, and the oldest of what is too much. */
  #forget(nowMs: number = this.#clock.monotonicMs()): void {
    const beforeMs = nowMs - this.#keepMs;
    this.#forgetPushes(({ change }) => change.appliedMs < beforeMs);
    while (this.#isObsolete(this.#deliveries.segments[0])) this.#deliveries.dropOldest();
    this.#subscribers.forget(beforeMs, this.#deliveries.firstSegment);
    while (this.bytes > this.#maxBytes && this.#forgetSome(beforeMs));
  }

  /** @returns whether there was something to forget */
  #forgetSome(beforeMs: number): boolean {
    const segment = this.#deliveries.dropOldest();
    if (segment !== undefined) {
      // A push is shown with all its deliveries or not at all.
      this.#forgetPushes(({ number }) => number <= segment.lastPush);
      this.#subscribers.forget(beforeMs, this.#deliveries.firstSegment);
      return true;
    }
    this.#subscribers.forget(Infinity, this.#deliveries.firstSegment);
    if (this.#pushes.oldest === undefined) return false;
    this.#pushes.dropOldest();
    return true;
  }

  #forgetPushes(isDue: (push: TracedPush) => boolean): void {
    for (let { oldest } = this.#pushes; oldest !== undefined && isDue(oldest);) {
      this.#pushes.dropOldest();
      ({ oldest } = this.#pushes);
    }
  }

  /** Whether a segment that takes no more has deliveries of forgotten pushes only. */
  #isObsolete(segment: DeliverySegment | undefined): boolean {
    if (segment === undefined || segment === this.#deliveries.segments.at(-1)) return false;
    return segment.lastPush < (this.#pushes.oldest?.number ?? this.#pushCount);
  }
}
