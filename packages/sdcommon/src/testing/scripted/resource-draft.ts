import {
  encodeConsumerDependency,
  encodeMicroServiceDependency,
} from '../../codec/dependency-codec.ts';
import { encodeText, encodeTextMap } from '../../codec/json-writer.ts';
import { encodeMicroService } from '../../codec/microservice-codec.ts';
import { encodeMicroServiceInstance } from '../../codec/microservice-instance-codec.ts';
import { encodeServiceRule } from '../../codec/service-rule-codec.ts';
import type { ConsumerDependency, MicroServiceDependency } from '../../model/dependency.ts';
import type { MicroServiceInstance } from '../../model/microservice-instance.ts';
import type { MicroService } from '../../model/microservice.ts';
import type { ServiceRule } from '../../model/service-rule.ts';
import type { StringMap } from '../../model/string-map.ts';
import type { Tenant } from '../../model/tenant.ts';
import type {
  DependencyRuleIdentity,
  ResourceIdentities,
  ResourceRecord,
  ResourceType,
  ServiceNameIdentity,
} from '../../source/resource.ts';

/** A record of one type that has no place in a store's history yet. */
export type ResourceDraftRecord<T extends ResourceType> = Omit<
  ResourceRecord<T>,
  'documentId' | 'createRevision' | 'modRevision' | 'version'
>;

/** A {@link ResourceDraftRecord} of any of the given types. */
export type ResourceDraft<T extends ResourceType = ResourceType> = {
  [K in T]: ResourceDraftRecord<K>;
}[T];

/** A domain. */
export function domainDraft(domain: string): ResourceDraft<'DOMAIN'> {
  return draft('DOMAIN', [domain], { domain }, '', '');
}

/** A project. */
export function projectDraft(tenant: Tenant): ResourceDraft<'PROJECT'> {
  return draft('PROJECT', scope(tenant), tenant, '', '');
}

/** A service. */
export function serviceDraft(tenant: Tenant, service: MicroService): ResourceDraft<'SERVICE'> {
  const { serviceId } = service;
  return draft(
    'SERVICE',
    [...scope(tenant), serviceId],
    { tenant, serviceId },
    service,
    encodeMicroService(service),
  );
}

/** The name of a service, which leads to its id. */
export function serviceIndexDraft(
  tenant: Tenant,
  service: MicroService,
): ResourceDraft<'SERVICE_INDEX'> {
  const identity = nameIdentity(tenant, service, service.serviceName);
  return draft(
    'SERVICE_INDEX',
    nameParts(identity),
    identity,
    service.serviceId,
    encodeText(service.serviceId),
  );
}

/** The alias of a service, which leads to its id. */
export function serviceAliasDraft(
  tenant: Tenant,
  service: MicroService,
): ResourceDraft<'SERVICE_ALIAS'> {
  const identity = nameIdentity(tenant, service, service.alias);
  return draft(
    'SERVICE_ALIAS',
    nameParts(identity),
    identity,
    service.serviceId,
    encodeText(service.serviceId),
  );
}

/** All records that the registration of a service writes. */
export function registeredServiceDrafts(
  tenant: Tenant,
  service: MicroService,
): readonly ResourceDraft<'SERVICE' | 'SERVICE_INDEX' | 'SERVICE_ALIAS'>[] {
  const named = [serviceDraft(tenant, service), serviceIndexDraft(tenant, service)];
  return service.alias === '' ? named : [...named, serviceAliasDraft(tenant, service)];
}

/** The tags of a service. */
export function serviceTagDraft(
  tenant: Tenant,
  serviceId: string,
  tags: StringMap,
): ResourceDraft<'SERVICE_TAG'> {
  return draft(
    'SERVICE_TAG',
    [...scope(tenant), serviceId],
    { tenant, serviceId },
    tags,
    encodeTextMap(tags),
  );
}

/** A black or white rule. */
export function ruleDraft(
  tenant: Tenant,
  serviceId: string,
  rule: ServiceRule,
): ResourceDraft<'RULE'> {
  const { ruleId } = rule;
  return draft(
    'RULE',
    [...scope(tenant), serviceId, ruleId],
    { tenant, serviceId, ruleId },
    rule,
    encodeServiceRule(rule),
  );
}

/** What a black or white rule is about, which leads to its id. */
export function ruleIndexDraft(
  tenant: Tenant,
  serviceId: string,
  rule: ServiceRule,
): ResourceDraft<'RULE_INDEX'> {
  const { attribute, pattern, ruleId } = rule;
  return draft(
    'RULE_INDEX',
    [...scope(tenant), serviceId, attribute, pattern],
    { tenant, serviceId, attribute, pattern },
    ruleId,
    encodeText(ruleId),
  );
}

/** The hash of a schema's content. */
export function schemaRefDraft(
  tenant: Tenant,
  serviceId: string,
  schemaId: string,
  hash: string,
): ResourceDraft<'SCHEMA_REF'> {
  return draft(
    'SCHEMA_REF',
    [...scope(tenant), serviceId, schemaId],
    { tenant, serviceId, schemaId },
    hash,
    encodeText(hash),
  );
}

/** The summary of a schema. */
export function schemaSummaryDraft(
  tenant: Tenant,
  serviceId: string,
  schemaId: string,
  summary: string,
): ResourceDraft<'SCHEMA_SUMMARY'> {
  return draft(
    'SCHEMA_SUMMARY',
    [...scope(tenant), serviceId, schemaId],
    { tenant, serviceId, schemaId },
    summary,
    encodeText(summary),
  );
}

/** One side of a dependency. */
export function dependencyRuleDraft(
  identity: DependencyRuleIdentity,
  dependency: MicroServiceDependency,
): ResourceDraft<'DEPENDENCY_RULE'> {
  return draft(
    'DEPENDENCY_RULE',
    [identity.side, ...nameParts(identity)],
    identity,
    dependency,
    encodeMicroServiceDependency(dependency),
  );
}

/** A waiting change of dependencies. */
export function dependencyQueueDraft(
  tenant: Tenant,
  serviceId: string,
  queueId: string,
  dependency: ConsumerDependency,
): ResourceDraft<'DEPENDENCY_QUEUE'> {
  return draft(
    'DEPENDENCY_QUEUE',
    [...scope(tenant), serviceId, queueId],
    { tenant, serviceId, queueId },
    dependency,
    encodeConsumerDependency(dependency),
  );
}

/** An instance. */
export function instanceDraft(
  tenant: Tenant,
  instance: MicroServiceInstance,
): ResourceDraft<'INSTANCE'> {
  const { serviceId, instanceId } = instance;
  return draft(
    'INSTANCE',
    [...scope(tenant), serviceId, instanceId],
    { tenant, serviceId, instanceId },
    instance,
    encodeMicroServiceInstance(instance),
  );
}

function draft<T extends ResourceType>(
  type: T,
  keyParts: readonly string[],
  identity: ResourceIdentities[T],
  value: ResourceRecord<T>['value'],
  encoded: string,
): ResourceDraftRecord<T> {
  return { type, key: `/${type}/${keyParts.join('/')}`, identity, value, encoded };
}

function scope(tenant: Tenant): readonly string[] {
  return [tenant.domain, tenant.project];
}

function nameIdentity(
  tenant: Tenant,
  service: MicroService,
  serviceName: string,
): ServiceNameIdentity {
  const { environment, appId, version } = service;
  return { tenant, environment, appId, serviceName, version };
}

function nameParts(identity: ServiceNameIdentity): readonly string[] {
  const { tenant, environment, appId, serviceName, version } = identity;
  return [...scope(tenant), environment, appId, serviceName, version];
}
