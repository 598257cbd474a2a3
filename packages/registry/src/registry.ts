import type { Aggregator, FindAnswer } from '@service-center/aggregator';
import type {
  Backend,
  Clock,
  ConsumerDependency,
  HeartbeatSetElement,
  InstanceHeartbeatResult,
  Logger,
  MetricRegistry,
  MicroService,
  MicroServiceInstance,
  ResourceRecord,
  Schema,
  StringMap,
  Tenant,
} from '@service-center/sdcommon';

import type { RegistryConfig } from './registry-config.ts';
import type { RequestScope } from './request-scope.ts';

/** What a {@link Registry} works with. */
export interface RegistryOptions {
  readonly backend: Backend;
  readonly aggregator: Aggregator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
  readonly config: RegistryConfig;
  readonly server: { readonly version: string };
}

export declare class Registry implements AsyncDisposable {
  constructor(options: RegistryOptions);
  readonly config: RegistryConfig;
  readonly services: ServiceLifecycle;
  readonly schemas: SchemaLifecycle;
  readonly tags: TagLifecycle;
  readonly instances: InstanceLifecycle;
  readonly discovery: Discovery;
  readonly dependencies: Dependencies;
  readonly hub: NotificationHub;
  readonly self: SelfRegistration;
  readonly health: Health;
  /** Follows the caches (hub, tenants, dependency queue). Before or after the aggregator is started. */
  start(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Checks the names of a tenant (spec 00, decision 15). @throws ServiceCenterError `invalidParameters` */
export declare function parseRequestTenant(domain: string, project: string): Tenant;

export interface ServiceExistenceQuery {
  readonly environment: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly version: string;
}

export interface RegisterServiceBody {
  readonly service: MicroService | undefined;
  readonly tags: StringMap;
  readonly instances: readonly MicroServiceInstance[];
}

export interface DeletedService {
  readonly serviceId: string;
  readonly errMessage: string;
}

export declare class ServiceLifecycle {
  /** @returns the serviceId */
  exists(scope: RequestScope, query: ServiceExistenceQuery): Promise<string>;
  /** @returns the serviceId */
  register(scope: RequestScope, body: RegisterServiceBody): Promise<string>;
  get(scope: RequestScope, serviceId: string): Promise<ResourceRecord<'SERVICE'>>;
  list(scope: RequestScope, withShared: boolean): Promise<readonly ResourceRecord<'SERVICE'>[]>;
  updateProperties(scope: RequestScope, serviceId: string, properties: StringMap): Promise<void>;
  delete(scope: RequestScope, serviceId: string, force: boolean): Promise<void>;
  deleteMany(
    scope: RequestScope,
    serviceIds: readonly string[],
    force: boolean,
  ): Promise<readonly DeletedService[]>;
  /** Looked up in memory, for watchers. */
  isRegistered(tenant: Tenant, serviceId: string): boolean;
}

export declare class SchemaLifecycle {
  /** @throws `forbidden` when single uploads of the v4 API are disabled */
  assertPutEnabled(): void;
  put(scope: RequestScope, serviceId: string, schema: Schema): Promise<void>;
  replaceAll(scope: RequestScope, serviceId: string, schemas: readonly Schema[]): Promise<void>;
  get(scope: RequestScope, serviceId: string, schemaId: string): Promise<Schema>;
  list(scope: RequestScope, serviceId: string, withContent: boolean): Promise<readonly Schema[]>;
  delete(scope: RequestScope, serviceId: string, schemaId: string): Promise<void>;
  /** @returns the schema's summary */
  exists(scope: RequestScope, serviceId: string, schemaId: string): Promise<string>;
}

export declare class TagLifecycle {
  replaceAll(scope: RequestScope, serviceId: string, tags: StringMap): Promise<void>;
  get(scope: RequestScope, serviceId: string): Promise<StringMap>;
  update(scope: RequestScope, serviceId: string, key: string, value: string): Promise<void>;
  /** @param keys - as in the path: joined by commas */
  delete(scope: RequestScope, serviceId: string, keys: string): Promise<void>;
}

export declare class InstanceLifecycle {
  /** @returns the instanceId */
  register(
    scope: RequestScope,
    serviceId: string,
    instance: MicroServiceInstance | undefined,
  ): Promise<string>;
  heartbeat(tenant: Tenant, serviceId: string, instanceId: string): Promise<void>;
  heartbeatSet(
    tenant: Tenant,
    elements: readonly HeartbeatSetElement[],
  ): Promise<readonly InstanceHeartbeatResult[]>;
  updateStatus(
    scope: RequestScope,
    serviceId: string,
    instanceId: string,
    status: string,
  ): Promise<void>;
  updateProperties(
    scope: RequestScope,
    serviceId: string,
    instanceId: string,
    properties: StringMap,
  ): Promise<void>;
  unregister(scope: RequestScope, serviceId: string, instanceId: string): Promise<void>;
}

/** The parameters of a find, as text after URL decoding; `''` for what is absent. */
export interface FindParameters {
  readonly tenant: Tenant;
  /** Where shared services are looked for: the `X-Domain-Name` of v3; the caller's tenant in v4. */
  readonly targetTenant: Tenant;
  readonly consumerId: string;
  readonly environment: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly version: string;
  /** Tag keys joined by commas. */
  readonly tags: string;
}

/** A checked find that can be answered again and again; keep it beside the raw request it was made from. */
export declare class PreparedFind {
  private constructor();
}

export interface InstanceQuery {
  readonly consumerId: string;
  readonly serviceId: string;
  /** Tag keys joined by commas. */
  readonly tags: string;
}

export interface FoundInstance {
  /** Goes into `X-Resource-Revision`. */
  readonly revision: string;
  readonly record: ResourceRecord<'INSTANCE'>;
}

export declare class Discovery {
  /** Checks the parameters. @throws `invalidParameters` */
  prepare(parameters: FindParameters): PreparedFind;
  /**
   * Answers from memory. Synchronous unless `rev` is neither empty nor the current revision: then the caches catch up
   * with the store first. The caller answers 304 when `rev` equals the answer's revision.
   *
   * @throws `serviceNotExists` (thrown, or the promise is rejected)
   */
  answer(prepared: PreparedFind, rev: string): FindAnswer | Promise<FindAnswer>;
  /** Answers a `noCache` find from the store. */
  answerFresh(prepared: PreparedFind, signal?: AbortSignal): Promise<FindAnswer>;
  listInstances(scope: RequestScope, query: InstanceQuery, rev: string): Promise<FindAnswer>;
  getInstance(
    scope: RequestScope,
    query: InstanceQuery & { readonly instanceId: string },
    rev: string,
  ): Promise<FoundInstance>;
}

export interface DependencyFilter {
  /** Leave out services of other tenants. */
  readonly sameDomain: boolean;
  /** Leave out the service itself. */
  readonly noSelf: boolean;
}

export declare class Dependencies {
  /** The services a consumer depends on. */
  providersOf(
    scope: RequestScope,
    serviceId: string,
    filter: DependencyFilter,
  ): Promise<readonly ResourceRecord<'SERVICE'>[]>;
  /** The services that depend on a provider. */
  consumersOf(
    scope: RequestScope,
    serviceId: string,
    filter: DependencyFilter,
  ): Promise<readonly ResourceRecord<'SERVICE'>[]>;
  /** @param mode - `override` for PUT, `add` for POST */
  declare(
    scope: RequestScope,
    dependencies: readonly ConsumerDependency[],
    mode: 'add' | 'override',
  ): Promise<void>;
}

/** One event as all its receivers get it. */
export interface PushFrame {
  /** The JSON of spec 04 §5.2 as UTF-8. The same object goes to every receiver, so framing can be remembered for it. */
  readonly payload: Buffer;
}

/** A connection that wants events; implemented by whoever owns the socket. */
export interface Subscriber {
  /**
   * Hands over a frame to be written now.
   *
   * @returns undefined when more can be sent at once; else a promise that settles when the frame is written, until
   *   then the hub queues. A rejected promise, like a throw, ends the subscription.
   */
  send(frame: PushFrame): Promise<void> | undefined;
  /** The hub ends the subscription: it is shut down, or a send failed. */
  close(reason: 'shutdown' | 'failed'): void;
}

export interface Subscription {
  /** Ends the subscription. Harmless when called again. */
  close(): void;
}

export declare class NotificationHub {
  /**
   * Sends the events of a consumer's providers to a subscriber from now on.
   *
   * @throws Error when the hub is closed
   */
  subscribe(tenant: Tenant, consumerServiceId: string, subscriber: Subscriber): Subscription;
  /** How many subscribers there are. */
  readonly size: number;
}

export declare class SelfRegistration {
  /**
   * Registers the server and keeps its instance alive until the registry is closed.
   *
   * @param endpoints - such as `rest://10.0.0.7:30100/`
   */
  start(endpoints: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Removes the server's instance; gives up after 3 s. Called by {@link Registry.close} too. */
  stop(): Promise<void>;
}

export declare class Health {
  /** @throws `unhealthy` while the store is away */
  assertHealthy(): void;
  /** The server's own instances as `{"instances":[...]}`. @throws `unhealthy`, `serviceNotExists`, `serviceVersionNotExists` */
  instances(): FindAnswer;
}
