import { setImmediate as nextTurn } from 'node:timers/promises';

import { Aggregator } from '@service-center/aggregator';
import {
  MetricRegistry,
  silentLogger,
  type Clock,
  type ResourceRecord,
} from '@service-center/sdcommon';
import { ManualClock, ScriptedListWatch } from '@service-center/sdcommon/testing';

import { AccessPolicy } from '../src/access/index.ts';
import { DependencyRecorder } from '../src/dependency/dependency-recorder.ts';
import { DependencyResolver } from '../src/dependency/dependency-resolver.ts';
import { EventStreams } from '../src/event-stream/index.ts';
import { DeletedServices } from '../src/notification/deleted-services.ts';
import { followedTypes, NotificationHub } from '../src/notification/notification-hub.ts';
import { NotificationMetrics } from '../src/notification/notification-metrics.ts';
import { PushTrace } from '../src/push-trace/index.ts';
import { SharedServices } from '../src/service/shared-services.ts';

/** How {@link ScriptedStreams} differ from those of a server. */
export interface ScriptedStreamsOptions {
  readonly queueLimit?: number;
  readonly log?: { readonly maxChanges: number; readonly maxBytes: number };
  /** What slices of time go by; default: they never end. */
  readonly clock?: Clock;
  /** Whether deletions of unknown cause are held back until the clock is moved. */
  readonly holdsDeletions?: boolean;
}

/** Event streams with all they stand on, over a store that does what a test says. */
export class ScriptedStreams implements AsyncDisposable {
  readonly feed: ScriptedListWatch = new ScriptedListWatch();
  readonly clock: ManualClock = new ManualClock();
  readonly aggregator: Aggregator;
  readonly resolver: DependencyResolver;
  readonly access: AccessPolicy;
  readonly streams: EventStreams;
  readonly trace: PushTrace;
  readonly #hub: NotificationHub;

  constructor(options: ScriptedStreamsOptions = {}) {
    const clock = options.clock ?? this.clock;
    const metrics = new MetricRegistry();
    this.aggregator = new Aggregator({
      backend: this.feed.backend,
      clock: this.clock,
      checkIntervalMs: 0,
      random: () => 0.5,
      selfPreservation: options.holdsDeletions
        ? { percentage: 0.01, minimumPopulation: 0, allowance: 0, allowanceRatio: 0 }
        : { percentage: 0 },
    });
    const { aggregator } = this;
    const { services, instances } = aggregator;
    this.resolver = new DependencyResolver(aggregator);
    this.access = new AccessPolicy({
      aggregator,
      sharedServices: new SharedServices([]),
      rulesEnabled: true,
    });
    this.trace = new PushTrace({ clock, metrics, minutes: 10, maxBytes: 1_000_000 });
    const shared = {
      resolver: this.resolver,
      access: this.access,
      deleted: new DeletedServices({ instances, clock }),
      trace: this.trace,
      clock,
      logger: silentLogger,
      metrics: new NotificationMetrics(metrics, clock),
      queueLimit: options.queueLimit ?? 5000,
    };
    const repository = { enqueue: () => Promise.reject(new Error('nothing is found here')) };
    this.#hub = new NotificationHub({
      ...shared,
      services,
      instances,
      recorder: new DependencyRecorder({ aggregator, repository, logger: silentLogger }),
      sendsExpiry: true,
    });
    this.streams = new EventStreams({
      ...shared,
      aggregator,
      log: options.log ?? { maxChanges: 100_000, maxBytes: 32 * 1024 * 1024 },
      logId: 'log',
    });
    for (const type of followedTypes) {
      aggregator.events(type).subscribe((event) => {
        this.#hub.handle(event);
      });
      aggregator.events(type).subscribe((event) => {
        this.streams.handle(event);
      });
    }
  }

  async start(): Promise<this> {
    await this.aggregator.start();
    return this;
  }

  /** What a consumer depends on and may use now. */
  providersOf(consumer: ResourceRecord<'SERVICE'>): readonly ResourceRecord<'SERVICE'>[] {
    return this.resolver
      .providers(consumer.identity.tenant, consumer.value)
      .filter((provider) => this.access.allows(consumer, provider));
  }

  /** Lets everything that needs no more than the event loop go on. */
  async turn(count = 1): Promise<void> {
    for (let left = count; left > 0; left--) await nextTurn();
  }

  /** Waits until the caches hold what is stored and nothing is held back. */
  async settled(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      await this.clock.advance(700_000);
      this.feed.bookmark();
      await this.turn(4);
      const { position } = this.aggregator;
      if (position?.order === this.feed.position.order && !this.aggregator.isSelfPreserving) return;
    }
    throw new Error('the caches did not come to rest');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.streams.close();
    this.#hub.close();
    await this.aggregator.close();
  }
}
