import type { Aggregator } from '@service-center/aggregator';
import type { Backend, Clock, Logger, MetricRegistry } from '@service-center/sdcommon';
import { Subscription } from 'rxjs';

import { AccessPolicy } from './access/index.ts';
import { AdminViews, Alarms } from './admin/index.ts';
import { Dependencies } from './dependency/dependencies.ts';
import { DependencyRecorder } from './dependency/dependency-recorder.ts';
import { DependencyResolver } from './dependency/dependency-resolver.ts';
import { DependencyWorker } from './dependency/dependency-worker.ts';
import { Discovery } from './discovery/discovery.ts';
import { EventStreams } from './event-stream/index.ts';
import { GovernViews, TenantCatalog } from './govern/index.ts';
import { Health } from './health/health.ts';
import { HeartbeatMetrics } from './instance/heartbeat-metrics.ts';
import { InstanceDefaults } from './instance/instance-defaults.ts';
import { InstanceLifecycle } from './instance/instance-lifecycle.ts';
import { RegistryGauges } from './metrics/registry-gauges.ts';
import { DeletedServices } from './notification/deleted-services.ts';
import { followedTypes, NotificationHub } from './notification/notification-hub.ts';
import { BackgroundJobs } from './jobs/background-jobs.ts';
import { NotificationMetrics } from './notification/notification-metrics.ts';
import { PushTrace } from './push-trace/index.ts';
import { Quota } from './quota/quota.ts';
import { TenantUsage } from './quota/tenant-usage.ts';
import { CacheFreshness, ServiceReader } from './read/index.ts';
import type { RegistryConfig } from './registry-config.ts';
import { RuleLifecycle } from './rule/rule-lifecycle.ts';
import { SchemaLifecycle } from './schema/schema-lifecycle.ts';
import { SelfRegistration } from './self/self-registration.ts';
import { ProviderLookup } from './service/provider-lookup.ts';
import { ServiceLifecycle } from './service/service-lifecycle.ts';
import { SharedServices } from './service/shared-services.ts';
import { TagLifecycle } from './tag/tag-lifecycle.ts';
import { TenantRecorder } from './tenant/tenant-recorder.ts';
import { WriteBarrier } from './write/index.ts';

/** What a {@link Registry} works with. It closes neither the backend nor the aggregator. */
export interface RegistryOptions {
  readonly backend: Backend;
  readonly aggregator: Aggregator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
  readonly config: RegistryConfig;
  readonly server: {
    /** The product's version, such as `2.2.0`. */
    readonly version: string;
  };
}

/**
 * The business rules of the service registry over a backend and its mirror in memory: what may be registered, what is
 * found, who depends on whom, and who is told of what (spec 04).
 *
 * {@link Registry.start} makes it follow the caches, before or after these are filled. Once the server listens,
 * {@link SelfRegistration.start} registers the server itself.
 */
export class Registry implements AsyncDisposable {
  readonly config: RegistryConfig;
  readonly services: ServiceLifecycle;
  readonly schemas: SchemaLifecycle;
  readonly tags: TagLifecycle;
  readonly rules: RuleLifecycle;
  readonly instances: InstanceLifecycle;
  readonly discovery: Discovery;
  readonly dependencies: Dependencies;
  readonly govern: GovernViews;
  readonly admin: AdminViews;
  readonly alarms: Alarms = new Alarms();
  readonly hub: NotificationHub;
  readonly streams: EventStreams;
  readonly pushTrace: PushTrace;
  readonly self: SelfRegistration;
  readonly health: Health;
  readonly #options: RegistryOptions;
  readonly #recorder: DependencyRecorder;
  readonly #worker: DependencyWorker;
  readonly #jobs: BackgroundJobs;
  readonly #tenants: TenantRecorder;
  readonly #gauges: RegistryGauges;
  readonly #usage: TenantUsage;
  readonly #catalog: TenantCatalog;
  readonly #following = new Subscription();
  #isStarted = false;

  constructor(options: RegistryOptions) {
    const { backend, aggregator, clock, logger, metrics, config } = options;
    this.#options = options;
    this.config = config;
    const sharedServices = new SharedServices(config.sharedServices);
    const access = new AccessPolicy({
      aggregator,
      sharedServices,
      rulesEnabled: config.rulesEnabled,
    });
    const lookup = new ProviderLookup(aggregator.services);
    const timeoutMs = config.barrierTimeoutMs;
    const barrier = new WriteBarrier({ aggregator, timeoutMs });
    const freshness = new CacheFreshness({ aggregator, timeoutMs });
    const reader = new ServiceReader({
      services: aggregator.services,
      repository: backend.services,
    });
    this.#usage = new TenantUsage({ aggregator, sharedServices });
    this.#catalog = new TenantCatalog({ aggregator, sharedServices });
    const quota = new Quota({
      config: config.quota,
      usage: (kind, tenant) => this.#usage.count(kind, tenant),
    });
    const resolver = new DependencyResolver(aggregator);
    this.#recorder = new DependencyRecorder({
      aggregator,
      repository: backend.dependencies,
      logger,
    });
    this.#worker = new DependencyWorker({
      repository: backend.dependencies,
      tryLock: (name, lockOptions) => backend.tryLock(name, lockOptions),
      clock,
      logger,
      intervalMs: config.dependencyQueueIntervalMs,
      hasQueued: () => aggregator.cache('DEPENDENCY_QUEUE').size > 0,
    });
    const isOwnService = (serviceId: string): boolean =>
      this.self.instance?.serviceId === serviceId;
    this.#jobs = new BackgroundJobs({
      config: config.jobs,
      backend,
      aggregator,
      isOwnService,
      clock,
      logger,
    });
    this.#tenants = new TenantRecorder({ repository: backend.tenants, logger });
    this.#gauges = new RegistryGauges({ metrics, aggregator, quota, sharedServices });
    this.tags = new TagLifecycle({
      repository: backend.tags,
      aggregator,
      freshness,
      barrier,
      quota,
    });
    this.rules = new RuleLifecycle({
      repository: backend.rules,
      aggregator,
      freshness,
      barrier,
      clock,
      quota,
    });
    this.schemas = new SchemaLifecycle({
      repository: backend.schemas,
      services: aggregator.services,
      reader,
      freshness,
      barrier,
      quota,
      config: config.schema,
    });
    this.instances = new InstanceLifecycle({
      repository: backend.instances,
      instances: aggregator.instances,
      reader,
      barrier,
      clock,
      quota,
      defaults: new InstanceDefaults(config.instance),
      reregistration: config.reregistration,
      sharedServices,
      metrics: new HeartbeatMetrics(metrics, clock),
      logger,
    });
    this.dependencies = new Dependencies({
      repository: backend.dependencies,
      services: aggregator.services,
      resolver,
      freshness,
      barrier,
      config: config.dependency,
    });
    this.services = new ServiceLifecycle({
      repository: backend.services,
      aggregator,
      freshness,
      barrier,
      clock,
      config,
      quota,
      lookup,
      sharedServices,
      tags: this.tags,
      rules: this.rules,
      instances: this.instances,
      dependencies: this.dependencies,
      isOwnService,
    });
    this.discovery = new Discovery({
      aggregator,
      access,
      repository: backend.instances,
      freshness,
      lookup,
      sharedServices,
      recorder: this.#recorder,
      config,
    });
    this.govern = new GovernViews({
      aggregator,
      resolver,
      schemas: this.schemas,
      freshness,
      sharedServices,
      catalog: this.#catalog,
      rulesEnabled: config.rulesEnabled,
    });
    this.pushTrace = new PushTrace({ clock, metrics, ...config.pushTrace });
    this.admin = new AdminViews({
      aggregator,
      clusterName: config.clusterName,
      clusterEndpoints: () => this.#ownEndpoints(),
      pushTrace: this.pushTrace,
    });
    const notificationMetrics = new NotificationMetrics(metrics, clock);
    const deleted = new DeletedServices({ instances: aggregator.instances, clock });
    this.hub = new NotificationHub({
      services: aggregator.services,
      instances: aggregator.instances,
      resolver,
      recorder: this.#recorder,
      access,
      clock,
      logger,
      metrics: notificationMetrics,
      trace: this.pushTrace,
      deleted,
      queueLimit: config.subscriberQueueLimit,
      sendsExpiry: config.watchExpire,
    });
    this.streams = new EventStreams({
      aggregator,
      resolver,
      access,
      deleted,
      trace: this.pushTrace,
      clock,
      logger,
      metrics: notificationMetrics,
      queueLimit: config.subscriberQueueLimit,
      log: config.eventLog,
    });
    this.self = new SelfRegistration({
      backend,
      barrier,
      clock,
      logger,
      config,
      version: options.server.version,
    });
    this.health = new Health({
      findCache: aggregator.findCache,
      lookup,
      environment: config.self.environment,
      version: options.server.version,
    });
  }

  #ownEndpoints(): readonly string[] {
    const own = this.self.instance;
    if (own === undefined) return [];
    const { instances } = this.#options.aggregator;
    return instances.get(own.tenant, own.serviceId, own.instanceId)?.value.endpoints ?? [];
  }

  /** Begins to follow the caches and to work off the dependency queue. Harmless when called again. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { aggregator, backend } = this.#options;
    const following = this.#following;
    following.add(
      backend.health$.subscribe((health) => {
        this.health.update(health);
        if (health.status === 'down') this.alarms.raise('BackendConnectionRefuse', health.detail);
        else this.alarms.clear('BackendConnectionRefuse');
      }),
    );
    // What the caches hold already is taken over in the same turn, so no event lies in between.
    for (const service of aggregator.cache('SERVICE').values()) {
      this.#usage.add(service);
      this.#catalog.add(service);
      this.#tenants.ensure(service.identity.tenant);
    }
    following.add(
      aggregator.events('SERVICE').subscribe((event) => {
        this.#usage.handle(event);
        if (event.type !== 'DELETE') this.#tenants.ensure(event.resource.identity.tenant);
      }),
    );
    for (const type of ['SERVICE', 'INSTANCE'] as const) {
      following.add(
        aggregator.events(type).subscribe((event) => {
          this.#catalog.handle(event);
        }),
      );
    }
    for (const type of ['SERVICE', 'DEPENDENCY_RULE'] as const) {
      following.add(
        aggregator.events(type).subscribe((event) => {
          this.#recorder.handle(event);
        }),
      );
    }
    for (const type of followedTypes) {
      if (type === 'RULE' && !this.config.rulesEnabled) continue;
      following.add(
        aggregator.events(type).subscribe((event) => {
          this.hub.handle(event);
        }),
      );
      // After the hub, which notes what is deleted for both.
      following.add(
        aggregator.events(type).subscribe((event) => {
          this.streams.handle(event);
        }),
      );
    }
    following.add(
      aggregator.events('DEPENDENCY_QUEUE').subscribe((event) => {
        if (event.type !== 'DELETE') this.#worker.signal();
      }),
    );
    this.#worker.start();
    this.#jobs.start();
  }

  /**
   * Removes the server's own instance, ends all subscriptions and waits for what is under way. Close the API first and
   * the aggregator and backend after it. Harmless when called again.
   */
  async close(): Promise<void> {
    await this.self.stop();
    this.#following.unsubscribe();
    this.hub.close();
    this.streams.close();
    await Promise.all([
      this.#jobs.close(),
      this.#recorder.close(),
      this.#worker.close(),
      this.#tenants.close(),
    ]);
    this.#gauges.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
