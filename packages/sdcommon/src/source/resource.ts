import type { ConsumerDependency, MicroServiceDependency } from '../model/dependency.ts';
import type { MicroServiceInstance } from '../model/microservice-instance.ts';
import type { MicroService } from '../model/microservice.ts';
import type { ServiceRule } from '../model/service-rule.ts';
import type { StringMap } from '../model/string-map.ts';
import type { Tenant } from '../model/tenant.ts';

/** What is mirrored into memory, in the order in which types are listed at start: a service before its instances (spec 03 §4.2). */
export const resourceTypes = [
  'DOMAIN',
  'PROJECT',
  'SERVICE',
  'SERVICE_INDEX',
  'SERVICE_ALIAS',
  'SERVICE_TAG',
  'RULE',
  'RULE_INDEX',
  'SCHEMA_REF',
  'SCHEMA_SUMMARY',
  'DEPENDENCY_RULE',
  'DEPENDENCY_QUEUE',
  'INSTANCE',
] as const;

/** The name of a type of resource, as metrics and logs show it. */
export type ResourceType = (typeof resourceTypes)[number];

/** Names a service record and everything that hangs on it. */
export interface ServiceIdentity {
  readonly tenant: Tenant;
  readonly serviceId: string;
}

/** Names one version of a service by its name, or by its alias. */
export interface ServiceNameIdentity {
  readonly tenant: Tenant;
  readonly environment: string;
  readonly appId: string;
  /** In a `SERVICE_ALIAS` the alias. */
  readonly serviceName: string;
  readonly version: string;
}

/** Names one side of a dependency. */
export interface DependencyRuleIdentity extends ServiceNameIdentity {
  /** `c`: the value lists the providers of this consumer; `p`: the consumers of this provider. */
  readonly side: 'c' | 'p';
}

/** What names a resource of each type. */
export interface ResourceIdentities {
  DOMAIN: { readonly domain: string };
  PROJECT: Tenant;
  SERVICE: ServiceIdentity;
  SERVICE_INDEX: ServiceNameIdentity;
  SERVICE_ALIAS: ServiceNameIdentity;
  SERVICE_TAG: ServiceIdentity;
  RULE: ServiceIdentity & { readonly ruleId: string };
  RULE_INDEX: ServiceIdentity & { readonly attribute: string; readonly pattern: string };
  SCHEMA_REF: ServiceIdentity & { readonly schemaId: string };
  SCHEMA_SUMMARY: ServiceIdentity & { readonly schemaId: string };
  DEPENDENCY_RULE: DependencyRuleIdentity;
  DEPENDENCY_QUEUE: ServiceIdentity & { readonly queueId: string };
  INSTANCE: ServiceIdentity & { readonly instanceId: string };
}

/** What the record of each type says. */
export interface ResourceValues {
  DOMAIN: '';
  PROJECT: '';
  SERVICE: MicroService;
  /** The serviceId. */
  SERVICE_INDEX: string;
  /** The serviceId. */
  SERVICE_ALIAS: string;
  SERVICE_TAG: StringMap;
  RULE: ServiceRule;
  /** The ruleId. */
  RULE_INDEX: string;
  /** The hash of the schema's content. */
  SCHEMA_REF: string;
  SCHEMA_SUMMARY: string;
  DEPENDENCY_RULE: MicroServiceDependency;
  DEPENDENCY_QUEUE: ConsumerDependency;
  INSTANCE: MicroServiceInstance;
}

/** One record of one type. Frozen in spirit: whoever wants another value makes a new one. */
export interface ResourceRecord<T extends ResourceType> {
  readonly type: T;
  /** Unique within its type and backend: the etcd key, or the document's resource id. */
  readonly key: string;
  /** The document's own id, where the store has one beside the key. */
  readonly documentId?: string;
  readonly identity: ResourceIdentities[T];
  readonly value: ResourceValues[T];
  /** The value as the wire carries it, so that answers and pushes join text instead of encoding again. */
  readonly encoded: string;
  /** Store revision at which the key came into being. 0 where the store counts none. */
  readonly createRevision: bigint;
  /** Store revision of the last change of the key. */
  readonly modRevision: bigint;
  /** Number of changes since the key came into being, starting with 1. */
  readonly version: bigint;
}

/** A record of any of the given types; its `type` tells which. */
export type Resource<T extends ResourceType = ResourceType> = {
  [K in T]: ResourceRecord<K>;
}[T];
