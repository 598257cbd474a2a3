import type { Aggregator } from '@service-center/aggregator';
import type { CacheEvent, CacheEventRecord, Clock, ResourceRecord } from '@service-center/sdcommon';

import type { DeletedServices } from '../notification/deleted-services.ts';
import type { PushTrace } from '../push-trace/index.ts';
import type { LogEntry } from './log-entry.ts';
import type { StreamContext } from './stream-context.ts';
import { sliceMs } from './stream-schedule.ts';
import type { Stream } from './stream.ts';
import { serviceTopicKey, TopicKeys, type ServiceKeys } from './topic-keys.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What a {@link ChangeRouter} takes over. */
export type FollowedEvent = CacheEvent<
  'SERVICE' | 'SERVICE_TAG' | 'RULE' | 'DEPENDENCY_RULE' | 'INSTANCE'
>;

/** What a {@link ChangeRouter} works with. */
export interface ChangeRouterOptions {
  readonly context: StreamContext;
  /** All streams. */
  readonly streams: Iterable<Stream>;
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
  readonly deleted: DeletedServices;
  readonly trace: PushTrace;
  readonly clock: Clock;
}

const nobody: ReadonlySet<string> = new Set();

// Looking at the clock takes as long as some writes.
const writesPerLook = 64;

/** Puts what the caches told in one turn into the log, and hands each change to the streams that are up to date. */
export class ChangeRouter {
  readonly #options: ChangeRouterOptions;
  readonly #keys = new TopicKeys();
  /** When this turn's time is over. */
  #untilMs = 0;
  #writes = 0;
  #isOver = false;

  constructor(options: ChangeRouterOptions) {
    this.#options = options;
  }

  /** Takes over all events of a turn; the caches hold what they tell. */
  route(told: readonly FollowedEvent[]): void {
    const { clock, context } = this.#options;
    const { snapshots, views, schedule } = context;
    this.#untilMs = clock.monotonicMs() + sliceMs;
    this.#isOver = false;
    snapshots.forget();
    for (const event of told) this.#take(event, told);
    for (const view of views.settle()) {
      for (const stream of view.streams) stream.startOver('viewChanged');
    }
    schedule.wakeBlocked();
  }

  #take(event: FollowedEvent, told: readonly FollowedEvent[]): void {
    const { views } = this.#options.context;
    switch (event.resourceType) {
      case 'SERVICE':
        this.#takeService(event, told);
        break;
      case 'INSTANCE':
        this.#takeInstance(event);
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

  #takeService(event: CacheEventRecord<'SERVICE'>, told: readonly FollowedEvent[]): void {
    const { context, deleted } = this.#options;
    const { views } = context;
    const { resource, previous } = event;
    switch (event.type) {
      case 'INIT':
        break;
      case 'CREATE': {
        const before = deleted.get(resource.identity)?.record;
        views.serviceCreated(resource);
        this.#append(event, 'CREATE', resource, nobody);
        if (
          (before !== undefined && !this.#isAlike(before, resource)) ||
          this.#hasUntoldInstances(resource, told)
        ) {
          this.#startAfresh([before ?? resource, resource]);
        }
        break;
      }
      case 'UPDATE':
        views.serviceUpdated(resource, previous);
        this.#append(event, 'UPDATE', resource, nobody);
        if (previous !== undefined && !this.#isAlike(previous, resource)) {
          this.#startAfresh([previous, resource]);
        }
        break;
      case 'DELETE': {
        const consumers = new Set<string>();
        for (const { tenant, serviceId } of deleted.get(resource.identity)?.consumers ?? []) {
          consumers.add(serviceTopicKey(tenant, serviceId));
        }
        views.serviceDeleted(this.#append(event, 'DELETE', resource, consumers));
        break;
      }
    }
  }

  /** An instance whose service nobody knows, nor knew a while ago, was never told of. */
  #takeInstance(event: CacheEventRecord<'INSTANCE'>): void {
    if (event.type === 'INIT') return;
    const { services, deleted } = this.#options;
    const { identity } = event.resource;
    const service =
      services.get(identity.tenant, identity.serviceId) ?? deleted.get(identity)?.record;
    if (service !== undefined) this.#append(event, event.type, service, nobody);
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
    for (const { live } of views.covering(keys)) if (live.size > 0) groups.push(live);
    const [only] = groups;
    if (only === undefined) return undefined;
    if (groups.length === 1) return [...only];
    const receivers = new Set<Stream>();
    for (const group of groups) for (const stream of group) receivers.add(stream);
    return [...receivers];
  }

  /** Whether two records of a serviceId stand for the same service: told of by the same topics, depended on as one. */
  #isAlike(left: ServiceRecord, right: ServiceRecord): boolean {
    if (left.value.version !== right.value.version) return false;
    const { topics } = this.#keys.of(right);
    return this.#keys.of(left).topics.every((key, place) => key === topics[place]);
  }

  /** Whether a service came to instances that were there before it, and were told of to nobody, or under another one. */
  #hasUntoldInstances({ identity }: ServiceRecord, told: readonly FollowedEvent[]): boolean {
    const present = this.#options.instances.ofService(identity.tenant, identity.serviceId);
    if (present.length === 0) return false;
    const created = new Set<string>();
    for (const event of told) {
      if (event.resourceType === 'INSTANCE' && event.type === 'CREATE') {
        created.add(event.resource.key);
      }
    }
    return present.some(({ key }) => !created.has(key));
  }

  /**
   * Something came about that no sequence of changes tells: a record that could not be read until now, or a store that
   * was restored and has another service under the same id. Whoever is told of such a service starts over, and so does
   * whoever comes back with a position from before.
   */
  #startAfresh(services: readonly ServiceRecord[]): void {
    const { context, streams } = this.#options;
    for (const stream of streams) {
      if (services.some((service) => stream.filter.matches(this.#keys.of(service)))) {
        stream.startOver('viewChanged');
      }
    }
    context.log.clear();
  }
}
