import { emptyStringMap, type DataCenterInfo, type StringMap } from '@service-center/sdcommon';

/** The settings of the business rules; the configuration keys of spec 05 §6.2 they come from are in brackets. */
export interface RegistryConfig {
  /**
   * Whether a find obeys the version rule it carries (`registry.find.versionRule`; spec 00, decisions 1 and 7).
   * `ignore`: every version is found, as in 2.x.
   */
  readonly findVersionRule: 'apply' | 'ignore';
  /**
   * Whether an existence query may carry a version rule (`registry.existence.versionRule`; spec 00, decision 2).
   * `refuse`: only an exact version, as in 2.x.
   */
  readonly existenceVersionRule: 'apply' | 'refuse';
  /**
   * What the registration of an instance does whose id is alive (`registry.instance.reregistration`; spec 00, decisions
   * 3 and 22). `renew`: what is stored stays, body and lease, as in 2.x.
   */
  readonly reregistration: 'update' | 'renew';
  /**
   * Whether services have black and white lists (`registry.rule.enable`; spec 04 §1.8 and §3.7). false: what is stored
   * has no effect and does not show, and what a registration carries is ignored, as in 2.x.
   */
  readonly rulesEnabled: boolean;
  /**
   * Whether watching consumers are told to forget a provider: when its rules or their own tags change, and when what
   * waited for them was too much (`registry.watch.expire`; spec 04 §5.4). false: they get no `EXPIRE`, as from 2.x.
   */
  readonly watchExpire: boolean;
  /** Names of services in default/default and app `default` that every tenant may find (`registry.service.globalVisible`). */
  readonly sharedServices: readonly string[];
  /** How a serviceId is made: from the service's name, or at random (`uuid.kind`; spec 02 §5). */
  readonly serviceIdKind: 'context' | 'buildin';
  readonly quota: QuotaConfig;
  readonly instance: InstanceConfig;
  readonly schema: SchemaConfig;
  readonly dependency: DependencyConfig;
  readonly jobs: JobsConfig;
  readonly self: SelfConfig;
  /** What the store's cluster is called (`registry.etcd.cluster.name`). */
  readonly clusterName: string;
  /** How long a write waits until this server's own caches show it, milliseconds (design §3.2). */
  readonly barrierTimeoutMs: number;
  /** How often the dependency queue is looked at without being told, milliseconds (`registry.cache.ttl`). */
  readonly dependencyQueueIntervalMs: number;
  /** How many events may wait for one subscriber (`registry.push.queueLimit`; spec 04 §5.5). */
  readonly subscriberQueueLimit: number;
  readonly pushTrace: PushTraceConfig;
  readonly eventLog: EventLogConfig;
}

/** How much of the past event streams can go back to (`registry.push.log.*`; spec 03 §7.4). */
export interface EventLogConfig {
  /** How many changes are kept. */
  readonly maxChanges: number;
  /** What they may take in memory, about, bytes. */
  readonly maxBytes: number;
}

/** How much is remembered of what went to whom (`registry.push.trace.*`). */
export interface PushTraceConfig {
  /** How long pushes are kept; 0: none are. */
  readonly minutes: number;
  /** What they may take in memory, bytes, about. */
  readonly maxBytes: number;
}

/** How much may be registered (`quota.*`; spec 04 §6). */
export interface QuotaConfig {
  /** `unlimit`: nothing is counted. */
  readonly kind: 'buildin' | 'unlimit';
  /** Services of a tenant. */
  readonly service: number;
  /** Instances of a tenant. */
  readonly instance: number;
  /** Schemas of a service. */
  readonly schema: number;
  /** Tags of a service. */
  readonly tag: number;
  /** Rules of a service. */
  readonly rule: number;
}

/** How instances are registered (`registry.instance.*`; spec 04 §4.1). */
export interface InstanceConfig {
  /** Seconds an instance lives without a heartbeat, whatever its health check says; 0: the health check decides. */
  readonly ttlSeconds: number;
  /** Smallest interval of a pushing instance, seconds. */
  readonly minIntervalSeconds: number;
  /** Smallest number of heartbeats a pushing instance may miss. */
  readonly minTimes: number;
  /** Properties that every instance gets; they win over what the instance sends. */
  readonly properties: StringMap;
}

/** How schemas may be changed (`registry.schema.*`; spec 01 §4.6). */
export interface SchemaConfig {
  /** Refuse single schema uploads of the v4 API. */
  readonly disable: boolean;
  /** false: schemas of services in production and in the empty environment are frozen (spec 00, decision 19). */
  readonly editable: boolean;
}

/** How dependencies are declared (`registry.dependency.*`; spec 04 §2.3). What is stored already stays as it is. */
export interface DependencyConfig {
  /** `any`: the version of a declared provider is not read, every version is meant, as in 2.x. */
  readonly providerVersion: 'keep' | 'any';
  /** Whether the provider `*` stands for every service of the environment (spec 04 §2.4); false: refused, as in 2.x. */
  readonly wildcard: boolean;
}

/** What the server does by itself; what is undefined is not done (spec 04 §8). */
export interface JobsConfig {
  /** Removes old versions without instances (`registry.service.retire.*`). */
  readonly retireServices: RetireServicesConfig | undefined;
  /** Removes the texts of schemas that no service refers to (`registry.schema.retire.cron`). */
  readonly retireSchemas: { readonly cron: string } | undefined;
  /** Removes services that have no instance a while after their registration (`registry.service.clear*`). */
  readonly clearServices: ClearServicesConfig | undefined;
}

/** When old versions are removed, and which. */
export interface RetireServicesConfig {
  /** A cron line of five fields. */
  readonly cron: string;
  /** How many of the newest versions of a name stay in any case. */
  readonly reserve: number;
}

/** How often services without instances are removed, and which. */
export interface ClearServicesConfig {
  readonly intervalMs: number;
  /** How long ago they have to be registered, milliseconds. */
  readonly ttlMs: number;
}

/** The server's own registration (spec 04 §4.7). */
export interface SelfConfig {
  /** Whether the server registers itself (`registry.selfRegister`). */
  readonly register: boolean;
  /** Environment of the server's own service and of shared services (`environment`). */
  readonly environment: string;
  readonly hostName: string;
  readonly dataCenterInfo: DataCenterInfo | undefined;
}

/** The settings of a server that is configured with nothing. */
export const defaultRegistryConfig: RegistryConfig = Object.freeze<RegistryConfig>({
  findVersionRule: 'apply',
  existenceVersionRule: 'apply',
  reregistration: 'update',
  rulesEnabled: true,
  watchExpire: true,
  sharedServices: [],
  serviceIdKind: 'context',
  quota: {
    kind: 'buildin',
    service: 50_000,
    instance: 150_000,
    schema: 100,
    tag: 100,
    rule: 100,
  },
  instance: { ttlSeconds: 0, minIntervalSeconds: 5, minTimes: 3, properties: emptyStringMap },
  schema: { disable: false, editable: true },
  dependency: { providerVersion: 'keep', wildcard: true },
  jobs: {
    retireServices: { cron: '0 1 * * *', reserve: 3 },
    retireSchemas: { cron: '0 2 * * *' },
    clearServices: undefined,
  },
  self: {
    register: true,
    environment: 'production',
    hostName: 'localhost',
    dataCenterInfo: undefined,
  },
  clusterName: 'default',
  barrierTimeoutMs: 3000,
  dependencyQueueIntervalMs: 300_000,
  subscriberQueueLimit: 5000,
  eventLog: { maxChanges: 100_000, maxBytes: 32 * 1024 * 1024 },
  pushTrace: { minutes: 10, maxBytes: 32 * 1024 * 1024 },
});
