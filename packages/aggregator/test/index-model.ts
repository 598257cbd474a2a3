import {
  anyService,
  anyVersion,
  compareNewestFirst,
  type Resource,
  type ResourceRecord,
  type ResourceType,
  resourceTypes,
} from '@service-center/sdcommon';
import type { ScriptedListWatch } from '@service-center/sdcommon/testing';
import { expect } from 'vitest';

import type { Aggregator } from '../src/index.ts';

/** What a record is, as far as caches and stores have to agree. */
function describe({ key, createRevision, modRevision, encoded }: Resource): string {
  return `${key} ${createRevision} ${modRevision} ${encoded}`;
}

/** Everything cached, by type and key. */
export function cachedRecords(aggregator: Aggregator): readonly Resource[] {
  return resourceTypes.flatMap((type) =>
    recordsOf(aggregator, type).toSorted((left, right) => (left.key < right.key ? -1 : 1)),
  );
}

function recordsOf<T extends ResourceType>(
  aggregator: Aggregator,
  type: T,
): readonly Resource<T>[] {
  return [...aggregator.cache(type).values()];
}

/** Fails unless the caches hold what the feed's store holds, by key, revisions and content. */
export function expectMirrors(aggregator: Aggregator, feed: ScriptedListWatch): void {
  const { resources, unreadable } = feed.stored();
  const hidden = new Set(unreadable.map(({ key }) => key));
  const cached = cachedRecords(aggregator).filter(({ key }) => !hidden.has(key));
  expect(cached.map(describe)).toEqual(resources.map(describe));
}

/** Fails unless every index says what the caches imply (spec 03 §12.7, I27). */
export function expectIndexesFollowCaches(aggregator: Aggregator): void {
  const services = [...aggregator.cache('SERVICE').values()];
  const instances = [...aggregator.cache('INSTANCE').values()];
  for (const { identity, value } of services) {
    const { tenant, serviceId } = identity;
    const { environment, appId, serviceName, alias } = value;
    const ofTenant = services.filter((other) => isSame(other.identity.tenant, tenant));
    const named = ofTenant.filter(
      (other) => other.value.environment === environment && other.value.appId === appId,
    );
    expect(keys(aggregator.services.versions(tenant, environment, appId, serviceName))).toEqual(
      keys(named.filter((other) => other.value.serviceName === serviceName).toSorted(byVersion)),
    );
    if (alias !== '') {
      expect(keys(aggregator.services.byAlias(tenant, environment, appId, alias))).toEqual(
        keys(named.filter((other) => other.value.alias === alias).toSorted(byVersion)),
      );
    }
    expect(keys(aggregator.services.matching(tenant, { appId })).toSorted()).toEqual(
      keys(ofTenant.filter((other) => other.value.appId === appId)).toSorted(),
    );
    expect(aggregator.services.countOf(tenant)).toBe(ofTenant.length);
    expect(keys(aggregator.services.ofTenant(tenant)).toSorted()).toEqual(
      keys(ofTenant).toSorted(),
    );
    expect(aggregator.services.get(tenant, serviceId)?.value).toEqual(value);
    expectDependencies(aggregator, tenant, environment, appId, serviceName);
  }
  for (const { identity, key } of instances) {
    const { tenant, serviceId, instanceId } = identity;
    const ofTenant = instances.filter((other) => isSame(other.identity.tenant, tenant));
    const ofService = ofTenant.filter((other) => other.identity.serviceId === serviceId);
    expect(keys(aggregator.instances.ofService(tenant, serviceId))).toEqual(
      keys(ofService.toSorted(byRegistration)),
    );
    expect(aggregator.instances.countOf(tenant, serviceId)).toBe(ofService.length);
    expect(aggregator.instances.countOfTenant(tenant)).toBe(ofTenant.length);
    expect(aggregator.instances.get(tenant, serviceId, instanceId)?.key).toBe(key);
  }
  for (const { identity, value } of aggregator.cache('SERVICE_TAG').values()) {
    expect(aggregator.tags.get(identity.tenant, identity.serviceId)).toEqual(value);
  }
  const rules = [...aggregator.cache('RULE').values()];
  for (const { identity } of rules) {
    const { tenant, serviceId } = identity;
    const ofService = rules.filter(
      (other) => isSame(other.identity.tenant, tenant) && other.identity.serviceId === serviceId,
    );
    expect(keys(aggregator.rules.ofService(tenant, serviceId))).toEqual(
      keys(ofService.toSorted(byRegistration)),
    );
    expect(aggregator.rules.hasAny(tenant)).toBe(true);
  }
  for (const { identity, value } of aggregator.cache('SCHEMA_REF').values()) {
    const { tenant, serviceId, schemaId } = identity;
    expect(aggregator.schemas.references.ofService(tenant, serviceId).get(schemaId)).toBe(value);
  }
  for (const { identity, value } of aggregator.cache('SCHEMA_SUMMARY').values()) {
    const { tenant, serviceId, schemaId } = identity;
    expect(aggregator.schemas.summaries.ofService(tenant, serviceId).get(schemaId)).toBe(value);
  }
}

function expectDependencies(
  aggregator: Aggregator,
  tenant: TenantLike,
  environment: string,
  appId: string,
  serviceName: string,
): void {
  const rules = [...aggregator.cache('DEPENDENCY_RULE').values()].filter(
    ({ identity }) =>
      identity.side === 'p' &&
      isSame(identity.tenant, tenant) &&
      identity.environment === environment &&
      (identity.serviceName === anyService ||
        (identity.appId === appId && identity.serviceName === serviceName)),
  );
  const expected = rules.map(({ identity, value }) => ({
    version: identity.serviceName === anyService ? anyVersion : identity.version,
    consumers: value.Dependency,
  }));
  const found = aggregator.dependencies.consumersOf(tenant, environment, appId, serviceName);
  expect(found).toHaveLength(expected.length);
  expect(found).toEqual(expect.arrayContaining(expected));
}

interface TenantLike {
  readonly domain: string;
  readonly project: string;
}

function isSame(left: TenantLike, right: TenantLike): boolean {
  return left.domain === right.domain && left.project === right.project;
}

function keys(records: Iterable<Resource>): readonly string[] {
  return Array.from(records, ({ key }) => key);
}

function byVersion(left: ResourceRecord<'SERVICE'>, right: ResourceRecord<'SERVICE'>): number {
  const order = compareNewestFirst(left.value.version, right.value.version);
  return order === 0 ? (left.key < right.key ? -1 : 1) : order;
}

function byRegistration(left: Resource, right: Resource): number {
  if (left.createRevision !== right.createRevision) {
    return left.createRevision < right.createRevision ? -1 : 1;
  }
  return left.key < right.key ? -1 : 1;
}
