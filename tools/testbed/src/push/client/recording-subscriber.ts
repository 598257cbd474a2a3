import type { PushRecorder } from '../log/push-recorder.ts';
import type { SubscriberView } from '../log/push-log.ts';

/** What every subscriber that records works with. */
export interface RecordingSubscriberOptions<View extends SubscriberView = SubscriberView> {
  readonly name: string;
  readonly view: View;
  readonly baseUrl: string;
  readonly recorder: PushRecorder;
}

/** A subscriber that writes down everything that it is told. */
export interface RecordingSubscriber {
  readonly name: string;
  readonly view: SubscriberView;
  readonly isConnected: boolean;
  /** Connects, from where it stopped when the channel can do that; resolves when it is subscribed. */
  connect(): Promise<void>;
  /** Leaves as a polite client does. */
  leave(): Promise<void>;
  /** What it does beside receiving, such as finding again, is over. */
  settled(): Promise<void>;
}
