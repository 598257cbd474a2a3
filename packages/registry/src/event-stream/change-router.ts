import type { Aggregator } from '@service-center/aggregator';
import type { CacheEvent, CacheEventRecord, Clock, ResourceRecord } from '@service-center/sdcommon';

import type { DeletedServices } from '../notification/deleted-services.ts';
import type { PushTrace } from '../push-trace/index.ts';
import type { LogEntry } from './log-entry.ts';
import type { StreamContext } from './stream-context.ts';
import { sliceMs } from './stream-schedule.ts';
import type { Stream } from './stream.ts';
import { TopicKeys, type ServiceKeys } from './topic-keys.ts';
import { Turn, type FollowedEvent, type TurnService } from './turn.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;
type InstanceRecord = ResourceRecord<'INSTANCE'>;

/** What a {@link ChangeRouter} works with. */
export interface ChangeRouterOptions {
  readonly context: StreamContext;
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
  readonly deleted: DeletedServices;
  readonly trace: PushTrace;
  readonly clock: Clock;
}

const nobody: ReadonlySet<string> = new Set();

// Looking at the clock takes as long as some writes.
const writesPerLook = 64;

/**
 * Puts what the caches told in one turn into the log, and hands each change to the streams that are up to date.
 *
 * An instance shows as long as its service is there, as everywhere else in the registry. The store may say otherwise for
 * a while: self-preservation keeps instances of a service that was deleted (spec 03 §6), or a service cannot be read.
 * So the instances that a service has when it goes are told as deleted before it, and those that it has when it comes
 * are told as created after it, whatever became of their records and when.
 */
export class ChangeRouter {
  readonly #options: ChangeRouterOptions;
  readonly #keys = new TopicKeys();
  /** When this turn's time is over. */
  #untilMs = 0;
  #isOver = false;
  #writes = 0;

  constructor(options: ChangeRouterOptions) {
    this.#options = options;
  }

  /** Takes over all events of a turn; the caches hold what they tell. */
  route(events: readonly FollowedEvent[]): void {
    const { clock, context } = this.#options;
    const { snapshots, views, schedule } = context;
    this.#untilMs = clock.monotonicMs() + sliceMs;
    this.#isOver = false;
    snapshots.forget();
    const turn = new Turn(events, this.#options, (event) => this.#isReplaced(event));
    for (const event of events) this.#take(event, turn);
    for (const view of views.settle()) {
      for (const stream of view.streams) stream.startOver('viewChanged');
    }
    schedule.wakeBlocked();
  }

  #take(event: FollowedEvent, turn: Turn): void {
    const { views } = this.#options.context;
    switch (event.resourceType) {
      case 'SERVICE':
        this.#takeService(event, turn);
        break;
      case 'INSTANCE':
        this.#takeInstance(event, turn);
        break;
      case 'DEPENDENCY_RULE':
        views.dependencyChanged(event);
        break;
      case 'SERVICE_TAG':
        views.consumerChanged(event.resource.identity);
        break;
      case 'RULE':
        views.listChanged(event.resource.identity);
        break;
    }
  }

  #takeService(event: CacheEventRecord<'SERVICE'>, turn: Turn): void {
    const { resource, previous } = event;
    const service = turn.service(resource);
    if (service !== undefined) {
      const isThere = event.type !== 'DELETE';
      if (service.record !== undefined && (!isThere || this.#isReplaced(event))) {
        this.#remove(event, service, service.record, turn);
      }
      if (isThere && service.record === undefined) {
        this.#add(event, service);
        return;
      }
    }
    if (event.type !== 'UPDATE') return;
    this.#options.context.views.serviceUpdated(resource, previous);
    this.#append(event, 'UPDATE', resource, nobody);
    if (service !== undefined) service.record = resource;
  }

  /** A service comes, and with it the instances that are there already. */
  #add(event: CacheEventRecord<'SERVICE'>, service: TurnService): void {
    const { resource } = event;
    service.record = resource;
    this.#options.context.views.serviceCreated(resource);
    this.#append(event, 'CREATE', resource, nobody);
    for (const instance of service.instances.values()) {
      this.#append(instanceEvent('CREATE', instance, event), 'CREATE', resource, nobody);
    }
  }

  /** A service goes, and before it the instances that it still has. */
  #remove(
    event: CacheEventRecord<'SERVICE'>,
    service: TurnService,
    record: ServiceRecord,
    turn: Turn,
  ): void {
    const { views } = this.#options.context;
    for (const instance of service.instances.values()) {
      const own = turn.deletion(instance) ?? instanceEvent('DELETE', instance, event);
      this.#append(own, 'DELETE', record, nobody);
    }
    const consumers = views.consumerKeys(record);
    for (const consumer of this.#options.deleted.get(record.identity)?.consumers ?? []) {
      consumers.add(views.sharedKey(consumer));
    }
    const own = event.type === 'DELETE' ? event : serviceDeletion(record, event);
    views.serviceDeleted(this.#append(own, 'DELETE', record, consumers));
    service.record = undefined;
  }

  #takeInstance(event: CacheEventRecord<'INSTANCE'>, turn: Turn): void {
    if (event.type === 'INIT') return;
    const { tenant, serviceId } = event.resource.identity;
    const service = turn.service(event.resource);
    service?.take(event);
    const record =
      service === undefined ? this.#options.services.get(tenant, serviceId) : service.record;
    if (record !== undefined) this.#append(event, event.type, record, nobody);
  }

  #append(
    event: CacheEvent<'SERVICE' | 'INSTANCE'>,
    action: LogEntry['action'],
    service: ServiceRecord,
    consumers: ReadonlySet<string>,
  ): LogEntry {
    const { context, trace } = this.#options;
    const entry = context.log.append({
      action,
      resource: event.resource,
      service,
      keys: this.#keys.of(service),
      consumers,
      push: trace.push(event, service.value),
    });
    this.#handOut(entry);
    return entry;
  }

  /** Hands a change to the streams that are up to date, as far as this turn's time goes; the others read it later. */
  #handOut(entry: LogEntry): void {
    const receivers = this.#receiversOf(entry.keys);
    if (receivers === undefined) return;
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#isOver ||= nowMs > this.#untilMs;
    for (const stream of receivers) {
      if (++this.#writes % writesPerLook === 0) {
        this.#isOver ||= clock.monotonicMs() > this.#untilMs;
      }
      if (this.#isOver) stream.fallBehind(entry.sequence - 1);
      else this.#handTo(stream, entry, nowMs);
    }
  }

  /** A subscriber that cannot say what it may see harms nobody else. */
  #handTo(stream: Stream, entry: LogEntry, nowMs: number): void {
    if (!stream.isLive) return;
    try {
      stream.take(entry, nowMs);
    } catch (error) {
      stream.end('failed', error);
    }
  }

  /** The streams that are up to date and want a change, each once; a list that stays as it is while they come and go. */
  #receiversOf(keys: ServiceKeys): readonly Stream[] | undefined {
    const { rooms, views } = this.#options.context;
    const groups = [...rooms.of(keys)];
    for (const { live } of views.of(keys)) if (live.size > 0) groups.push(live);
    const [only] = groups;
    if (only === undefined) return undefined;
    if (groups.length === 1) return [...only];
    const receivers = new Set<Stream>();
    for (const group of groups) for (const stream of group) receivers.add(stream);
    return [...receivers];
  }

  /** Whether an update makes another service of one, as after a restore of the store: with other topics or dependents. */
  #isReplaced({ type, resource, previous }: CacheEventRecord<'SERVICE'>): boolean {
    if (type !== 'UPDATE' || previous === undefined) return false;
    if (previous.value.version !== resource.value.version) return true;
    const { topics } = this.#keys.of(resource);
    return this.#keys.of(previous).topics.some((key, place) => key !== topics[place]);
  }
}

/** What the coming or going of a service means to one of its instances. */
function instanceEvent(
  type: 'CREATE' | 'DELETE',
  instance: InstanceRecord,
  { revision, receivedMs, committedMs }: CacheEventRecord<'SERVICE'>,
): CacheEventRecord<'INSTANCE'> {
  return {
    type,
    resourceType: 'INSTANCE',
    resource: instance,
    previous: undefined,
    cause: type === 'DELETE' ? 'delete' : undefined,
    revision,
    receivedMs,
    ...(committedMs !== undefined && { committedMs }),
  };
}

/** What the replacement of a service means to the one that was there. */
function serviceDeletion(
  record: ServiceRecord,
  { revision, receivedMs, committedMs }: CacheEventRecord<'SERVICE'>,
): CacheEventRecord<'SERVICE'> {
  return {
    type: 'DELETE',
    resourceType: 'SERVICE',
    resource: record,
    previous: undefined,
    cause: 'delete',
    revision,
    receivedMs,
    ...(committedMs !== undefined && { committedMs }),
  };
}
