export { dropReasons, type DropReason } from './drop-reason.ts';
export type {
  DeliveryRecord,
  DeliveryState,
  FoundPushes,
  PushQuery,
  PushRecord,
} from './push-record.ts';
export { PushTrace } from './push-trace.ts';
export {
  pushChannels,
  type PushChannel,
  type SubscriberDescription,
} from './subscriber-description.ts';
export { TracedPush, type PushCause } from './traced-push.ts';
export { TracedSubscriber } from './traced-subscriber.ts';
