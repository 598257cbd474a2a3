export {
  AdminViews,
  Alarms,
  type Alarm,
  type AlarmId,
  type DumpMember,
  type DumpRecord,
} from './admin/index.ts';
export { Dependencies, type DependencyFilter } from './dependency/dependencies.ts';
export type { BatchFindAnswer, BatchFindPart, BatchFindRequest } from './discovery/batch-find.ts';
export { Discovery, type FindParameters } from './discovery/discovery.ts';
export { PreparedFind } from './discovery/prepared-find.ts';
export type {
  FoundInstance,
  InstanceQuery,
  OneInstanceQuery,
} from './discovery/provider-instances.ts';
export {
  EventStreams,
  StreamFrame,
  type StreamFrameKind,
  type StreamRequest,
  type StreamSubscriber,
  type StreamSubscription,
} from './event-stream/index.ts';
export type {
  DetailPart,
  GovernViews,
  RelationGraph,
  ServiceDetail,
  ServiceDetailQuery,
  ServiceDetails,
  Statistics,
} from './govern/index.ts';
export { Health } from './health/health.ts';
export { InstanceLifecycle } from './instance/instance-lifecycle.ts';
export { isCronLine } from './jobs/job-schedule.ts';
export { NotificationHub } from './notification/notification-hub.ts';
export { PushFrame } from './notification/push-frame.ts';
export type { Subscriber, Subscription, SubscriptionEnd } from './notification/subscriber.ts';
export {
  dropReasons,
  pushChannels,
  PushTrace,
  type DeliveryRecord,
  type DropReason,
  type FoundPushes,
  type PushChannel,
  type PushQuery,
  type PushRecord,
  type SubscriberDescription,
  type TracedPush,
  type TracedSubscriber,
} from './push-trace/index.ts';
export * from './registry-config.ts';
export { Registry, type RegistryOptions } from './registry.ts';
export type { RequestScope } from './request-scope.ts';
export { RuleLifecycle } from './rule/rule-lifecycle.ts';
export { SchemaLifecycle } from './schema/schema-lifecycle.ts';
export { SelfRegistration } from './self/self-registration.ts';
export { ServiceLifecycle, type DeletedService } from './service/service-lifecycle.ts';
export type { RegisterServiceBody } from './service/service-registration.ts';
export { TagLifecycle } from './tag/tag-lifecycle.ts';
export type { SentRule } from './validation/rule-checks.ts';
export type { ServiceExistenceQuery } from './validation/service-checks.ts';
export { parseRequestTenant } from './validation/tenant-checks.ts';
