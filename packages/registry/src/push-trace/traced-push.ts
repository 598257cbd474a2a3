import type { CacheEventType, MicroServiceKey, Tenant } from '@service-center/sdcommon';

import type { DeliveryRecorder } from './delivery-recorder.ts';
import type { DropReason } from './drop-reason.ts';
import type { TracedSubscriber } from './traced-subscriber.ts';

/** What a push tells: what has become of a service or an instance, or to forget a provider. */
export type PushAction = CacheEventType | 'EXPIRE';

/** Where a push comes from, and when; monotonic milliseconds. */
export interface PushCause {
  /** Store revision of the change; absent where no change of the store is behind it. */
  readonly revision?: bigint;
  /** When the change reached the caches. */
  readonly receivedMs: number;
  /** When the change was known to be durable, where the store tells. */
  readonly committedMs?: number;
}

/** The change that a push tells of. */
export interface PushedChange extends PushCause {
  readonly action: PushAction;
  readonly tenant: Tenant;
  /** The service, or the service of the instance. */
  readonly key: MicroServiceKey;
  readonly serviceId: string;
  /** undefined: the push is about the service as a whole. */
  readonly instanceId: string | undefined;
  /** When the caches had taken the change over. */
  readonly appliedMs: number;
}

/**
 * One change going out to subscribers. Made by `PushTrace`, which gives everybody who asks for the same event the same
 * one.
 *
 * A delivery is first `queued`, then either `sent` or `dropped`, exactly once; what was sent may be `acknowledged`.
 * Times are monotonic milliseconds, by default the present; hand them on where many deliveries have the same.
 */
export class TracedPush {
  readonly change: PushedChange;
  readonly #recorder: DeliveryRecorder;
  #number: number | undefined;
  #deliveries = 0;

  constructor(change: PushedChange, recorder: DeliveryRecorder) {
    this.change = change;
    this.#recorder = recorder;
  }

  /** Counts the pushes of this server; undefined as long as it has gone to nobody, and then it is not kept. */
  get number(): number | undefined {
    return this.#number;
  }

  /** To how many subscribers it went, or was to go. */
  get deliveries(): number {
    return this.#deliveries;
  }

  /** The push is to go to a subscriber. @returns the slot by which the delivery is named from now on */
  queued(subscriber: TracedSubscriber, nowMs?: number): number {
    this.#deliveries++;
    this.#number ??= this.#recorder.begin(this);
    return this.#recorder.queued(this, this.#number, subscriber, nowMs);
  }

  /** It is written. */
  sent(slot: number, nowMs?: number): void {
    this.#recorder.sent(this, slot, nowMs);
  }

  /** The subscriber says that it has it. */
  acknowledged(slot: number, nowMs?: number): void {
    this.#recorder.acknowledged(this, slot, nowMs);
  }

  /** It will not be written. */
  dropped(slot: number, reason: DropReason, nowMs?: number): void {
    this.#recorder.dropped(this, slot, reason, nowMs);
  }
}
