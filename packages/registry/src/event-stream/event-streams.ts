import type { Aggregator } from '@service-center/aggregator';
import type { Clock, Logger, StreamLeaveReason, StreamResetReason } from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import type { DeletedServices } from '../notification/deleted-services.ts';
import type { NotificationMetrics } from '../notification/notification-metrics.ts';
import type { PushTrace } from '../push-trace/index.ts';
import { randomId } from '../service/random-id.ts';
import { ChangeRouter } from './change-router.ts';
import { ConsumerViews } from './consumer-views.ts';
import { EventLog } from './event-log.ts';
import { Rooms } from './rooms.ts';
import { Snapshots } from './snapshots.ts';
import { checkStreamRequest } from './stream-checks.ts';
import type { StreamContext } from './stream-context.ts';
import { StreamSchedule } from './stream-schedule.ts';
import type { StreamRequest, StreamSubscriber, StreamSubscription } from './stream-subscriber.ts';
import { Stream } from './stream.ts';
import { TopicFilter } from './topic-filter.ts';
import type { FollowedEvent } from './turn.ts';

/** What {@link EventStreams} work with. */
export interface EventStreamsOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances' | 'dependencies' | 'cache'>;
  readonly resolver: DependencyResolver;
  readonly access: AccessPolicy;
  /** The memory of the notification hub, which is told of each change first. */
  readonly deleted: DeletedServices;
  readonly trace: PushTrace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: NotificationMetrics;
  /** How many changes may wait for a subscriber that was up to date. */
  readonly queueLimit: number;
  /** How much of the past is kept, for those who come back. */
  readonly log: { readonly maxChanges: number; readonly maxBytes: number };
  /** Names the log; default random. */
  readonly logId?: string;
}

/**
 * Ordered streams of what happens to services and instances, each with a snapshot before it or going on from a position
 * (spec 03 §7.4).
 *
 * The caches take over a batch of changes as a whole and then tell of one after the other. Their events are kept until
 * all of a turn were told: then the caches hold exactly what was told, so that a snapshot and the log fit together.
 */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #context: StreamContext;
  readonly #router: ChangeRouter;
  readonly #streams = new Set<Stream>();
  /** What was told in this turn. */
  #told: FollowedEvent[] = [];
  /** Positions from before may be of somebody whose permissions were others. */
  #recheckedAt = 0;
  #isClosed = false;

  constructor(options: EventStreamsOptions) {
    this.#options = options;
    const { aggregator, clock, queueLimit, logId } = options;
    const { services, instances, dependencies } = aggregator;
    const log = new EventLog({ ...options.log, logId: logId ?? randomId() });
    this.#context = {
      log,
      rooms: new Rooms(),
      views: new ConsumerViews({ ...options, services, dependencies, log }),
      snapshots: new Snapshots({ all: aggregator.cache('SERVICE'), services, instances }),
      schedule: new StreamSchedule(clock),
      queueLimit,
      settle: () => {
        this.#settle();
      },
      onClosed: (stream, end, error) => {
        this.#onClosed(stream, end, error);
      },
    };
    this.#router = new ChangeRouter({
      ...options,
      services,
      instances,
      context: this.#context,
    });
  }

  /** How many streams there are. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Begins a stream. Nothing is sent before the next turn of the event loop.
   *
   * @throws ServiceCenterError `invalidParameters` when topics or position break a rule; Error when closed
   */
  subscribe(request: StreamRequest): StreamSubscription {
    const { tenant, topics, position, subscriber } = request;
    if (this.#isClosed) throw new Error('the event streams are closed');
    checkStreamRequest(topics, position);
    this.#settle();
    const filter = new TopicFilter(tenant, topics, this.#context.views);
    const stream = new Stream({
      context: this.#context,
      filter,
      subscriber,
      traced: this.#options.trace.subscriber(subscriber.description),
      start: this.#startOf(filter, subscriber, position),
    });
    this.#streams.add(stream);
    this.#options.metrics.subscribers(tenant.domain, 1, subscriber.description.channel);
    return stream;
  }

  /** Takes over an event of the caches. */
  handle(event: FollowedEvent): void {
    if (this.#isClosed || event.type === 'INIT') return;
    this.#told.push(event);
    if (this.#told.length > 1) return;
    queueMicrotask(() => {
      this.#settle();
    });
  }

  /**
   * What subscribers may see may have changed: each of those that have `permits` is asked about everything again, in the
   * turns that follow. Nothing calls it yet but tests; authorization will.
   */
  recheck(): void {
    if (this.#isClosed) return;
    this.#settle();
    this.#recheckedAt = this.#context.log.mark();
    for (const stream of this.#streams) stream.recheck();
  }

  /** Ends all streams and takes no more. Harmless when called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#told = [];
    this.#context.schedule.close();
    for (const stream of this.#streams) stream.end('shutdown');
  }

  #startOf(
    filter: TopicFilter,
    subscriber: StreamSubscriber,
    position: string | undefined,
  ): number | StreamResetReason {
    if (position === undefined) return 'new';
    const { log, views } = this.#context;
    const sequence = log.sequenceOf(position);
    if (sequence === undefined || !log.has(sequence)) return 'positionUnknown';
    if (subscriber.permits !== undefined && sequence < this.#recheckedAt) return 'viewChanged';
    return filter.views.every((view) => views.coverSince(view, sequence))
      ? sequence
      : 'viewChanged';
  }

  #settle(): void {
    if (this.#told.length === 0 || this.#isClosed) return;
    const told = this.#told;
    this.#told = [];
    this.#router.route(told);
  }

  #onClosed(stream: Stream, end: StreamLeaveReason | undefined, error: unknown): void {
    if (!this.#streams.delete(stream)) return;
    const { metrics, logger } = this.#options;
    const { channel } = stream.subscriber.description;
    metrics.subscribers(stream.filter.tenant.domain, -1, channel);
    if (end === undefined) return;
    if (end === 'failed') logger.debug({ err: error, subscriber: stream.id }, 'a stream failed');
    stream.subscriber.close(end);
  }
}
