import type { Clock } from '@service-center/sdcommon';

import type { DeliveryLog } from './delivery-log.ts';
import { dropReasons, type DropReason } from './drop-reason.ts';
import type { PushMetrics } from './push-metrics.ts';
import { pushChannels } from './subscriber-description.ts';
import type { TracedPush } from './traced-push.ts';
import type { TracedSubscriber } from './traced-subscriber.ts';

/** The largest number that a column holds: 71 minutes in microseconds. */
const lastTick = 2 ** 32 - 1;

/** What a {@link DeliveryRecorder} works with. */
export interface DeliveryRecorderOptions {
  readonly clock: Clock;
  readonly metrics: PushMetrics;
  /** undefined: deliveries are counted and not kept. */
  readonly log: DeliveryLog | undefined;
  /** Called with a push before its first delivery. @returns its number */
  readonly onBegin: (push: TracedPush) => number;
}

/**
 * Writes down what becomes of deliveries. A slot is the delivery's sequence number times the number of channels, plus its
 * channel's place: so it can still be counted when the log has forgotten it, or never knew it.
 */
export class DeliveryRecorder {
  readonly #clock: Clock;
  readonly #metrics: PushMetrics;
  readonly #log: DeliveryLog | undefined;
  readonly #onBegin: (push: TracedPush) => number;

  constructor({ clock, metrics, log, onBegin }: DeliveryRecorderOptions) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#log = log;
    this.#onBegin = onBegin;
  }

  begin(push: TracedPush): number {
    return this.#onBegin(push);
  }

  queued(
    push: TracedPush,
    pushNumber: number,
    subscriber: TracedSubscriber,
    nowMs?: number,
  ): number {
    const { number, channel } = subscriber;
    this.#metrics.queued(channel);
    if (this.#log === undefined) return channel;
    subscriber.hasDeliveries = true;
    const sequence = this.#log.append(pushNumber, number, this.#tick(push, nowMs));
    return sequence * pushChannels.length + channel;
  }

  sent(push: TracedPush, slot: number, nowMs = this.#clock.monotonicMs()): void {
    const { committedMs, receivedMs } = push.change;
    this.#metrics.sent(channelOf(slot), nowMs - (committedMs ?? receivedMs));
    this.#log?.sent(sequenceOf(slot), this.#tick(push, nowMs));
  }

  acknowledged(push: TracedPush, slot: number, nowMs?: number): void {
    this.#log?.acknowledged(sequenceOf(slot), this.#tick(push, nowMs));
  }

  dropped(push: TracedPush, slot: number, reason: DropReason, nowMs?: number): void {
    this.#metrics.dropped(channelOf(slot), reason);
    const code = dropReasons.indexOf(reason) + 1;
    this.#log?.dropped(sequenceOf(slot), this.#tick(push, nowMs), code);
  }

  #tick({ change }: TracedPush, nowMs: number = this.#clock.monotonicMs()): number {
    return Math.min(lastTick, Math.max(0, (nowMs - change.appliedMs) * 1000) + 1);
  }
}

/** The channel's place in `pushChannels`. */
function channelOf(slot: number): number {
  return slot % pushChannels.length;
}

function sequenceOf(slot: number): number {
  return Math.floor(slot / pushChannels.length);
}
