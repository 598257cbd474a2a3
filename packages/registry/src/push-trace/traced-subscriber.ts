import { pushChannels, type SubscriberDescription } from './subscriber-description.ts';

/** A subscriber as the push trace knows it. Made by `PushTrace`. */
export class TracedSubscriber {
  /** Names it among all subscribers of this server, such as `sse-17`. */
  readonly id: string;
  /** Counts the subscribers of this server. */
  readonly number: number;
  readonly description: SubscriberDescription;
  /** The place of its channel in `pushChannels`. */
  readonly channel: number;
  /** Whether anything went to it, or was to go; kept up to date by whoever writes deliveries down. */
  hasDeliveries = false;
  #onClose: ((subscriber: TracedSubscriber) => void) | undefined;

  constructor(
    number: number,
    description: SubscriberDescription,
    onClose: (subscriber: TracedSubscriber) => void,
  ) {
    this.id = `${description.channel}-${number}`;
    this.number = number;
    this.description = description;
    this.channel = pushChannels.indexOf(description.channel);
    this.#onClose = onClose;
  }

  /**
   * It is gone, after what waited for it was told to be dropped. The trace knows it as long as it shows a delivery to it,
   * and no longer when it never had one.
   * Harmless when called again.
   */
  close(): void {
    const onClose = this.#onClose;
    this.#onClose = undefined;
    onClose?.(this);
  }
}
