import type {
  ChangeAction,
  LoggedChange,
  ObjectState,
  ReceivedFrame,
  ServiceFacts,
  SubscriberView,
} from '../log/push-log.ts';

/** The application of all ideal services. */
export const appId = 'shop';

/** A service as the ideal registry names it. */
export function idealService(serviceId: string, project = 'default'): ServiceFacts {
  return { serviceId, project, appId, serviceName: serviceId, version: '1.0.0', environment: '' };
}

/** A change as the ideal registry has committed it. */
export interface Commit {
  readonly change: LoggedChange;
  readonly position: string;
}

/** A subscriber as the ideal registry knows it. */
export interface IdealSubscriber {
  readonly name: string;
  readonly view: SubscriberView;
  connection: number | undefined;
  position: string | undefined;
  /** What its consumer used when the position was given. */
  sight: string;
  /** The same, of what waits. */
  nextSight: string;
  waiting: ReceivedFrame[];
}

/** A change as a subscriber is told. */
export function toFrame(subscriber: IdealSubscriber, { change, position }: Commit): ReceivedFrame {
  return { kind: 'change', ...change, ...(!isWatching(subscriber) && { position }) };
}

/** A state as a snapshot or listing tells of it. */
export function toInitial(object: ObjectState): ReceivedFrame {
  return { kind: 'change', action: 'INIT', ...object };
}

/** What happens to an object. */
export function withAction(object: ObjectState, action: ChangeAction): LoggedChange {
  return { ...object, action };
}

/** That a provider has to be found again. */
export function expiry(serviceId: string): ReceivedFrame {
  const { serviceName, version, environment } = idealService(serviceId);
  return { kind: 'expire', appId, serviceName, version, environment };
}

/** Whether the subscriber is a consumer on its websocket. */
export function isWatching({ view }: IdealSubscriber): boolean {
  return 'consumerId' in view;
}

/** Whether the subscriber's stream follows the dependencies of a consumer. */
export function isOfConsumer({ view }: IdealSubscriber): boolean {
  return 'topics' in view && view.topics.some(({ kind }) => kind === 'consumer');
}

/** Whether a frame is of a snapshot or listing. */
export function isInitial(frame: ReceivedFrame): boolean {
  return frame.kind === 'change' && frame.action === 'INIT';
}
