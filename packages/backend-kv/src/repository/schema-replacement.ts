import {
  encodeMicroService,
  type Schema,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import {
  legacySchemasPrefix,
  schemaContentKey,
  schemaHash,
  servicePrefix,
} from '../layout/store-keys.ts';
import { isAbsent, isPresent, isUnchanged } from '../store/compares.ts';
import type { KvRecord } from '../store/kv-record.ts';
import {
  commitInOrder,
  packTransactions,
  type TransactionStep,
} from '../store/pack-transactions.ts';
import { newestRevision } from '../store/revisions.ts';
import type { ResourceStore } from './resource-store.ts';
import { serviceNotExists } from './service-not-exists.ts';

/**
 * Makes the given schemas the service's only ones (spec 02 §1.3, "Put all schemas"). What is stored already is not
 * written again: frameworks send all their schemas at each start.
 *
 * Texts with their references go first and the service's list last, so a stop between two transactions harms nobody.
 *
 * @returns undefined when somebody else changed what was read; it may then be tried again from the start
 * @throws ServiceCenterError `serviceNotExists`
 */
export async function replaceSchemas(
  resources: ResourceStore,
  tenant: Tenant,
  serviceId: string,
  schemas: readonly Schema[],
): Promise<Written | undefined> {
  const serviceKey = keyLayouts.SERVICE.build({ tenant, serviceId });
  const record = await resources.kv.get(serviceKey);
  const service = resources.decode('SERVICE', record);
  if (service === undefined) throw serviceNotExists(serviceId);

  const stored = await storedMembers(resources, tenant, serviceId);
  const steps = await schemaSteps(resources, tenant, serviceId, schemas, stored);
  const legacyPrefix = servicePrefix(legacySchemasPrefix, tenant, serviceId);
  const legacy = await resources.kv.range({ prefix: legacyPrefix, limit: 1 });
  if (legacy.records.length > 0) {
    steps.push({ compares: [], operations: [{ kind: 'deletePrefix', prefix: legacyPrefix }] });
  }
  const ids = schemas.map(({ schemaId }) => schemaId);
  if (!isSameList(ids, service.value.schemas)) {
    const value = encodeMicroService({ ...service.value, schemas: ids });
    steps.push({ compares: [], operations: [{ kind: 'put', key: serviceKey, value }] });
  }
  if (steps.length === 0) return resources.written(newestRevision([service, ...stored.values()]));

  const revision = await commitInOrder(
    resources.kv,
    packTransactions(steps, [isUnchanged(serviceKey, record)]),
  );
  return revision === undefined ? undefined : resources.written(revision);
}

/** The references and summaries of the service, by key. */
async function storedMembers(
  resources: ResourceStore,
  tenant: Tenant,
  serviceId: string,
): Promise<ReadonlyMap<string, KvRecord>> {
  const prefixes = [keyLayouts.SCHEMA_REF.prefix, keyLayouts.SCHEMA_SUMMARY.prefix];
  const records = await Promise.all(
    prefixes.map((prefix) => resources.records(servicePrefix(prefix, tenant, serviceId))),
  );
  return new Map(records.flat().map((record) => [record.key, record]));
}

async function schemaSteps(
  resources: ResourceStore,
  tenant: Tenant,
  serviceId: string,
  schemas: readonly Schema[],
  stored: ReadonlyMap<string, KvRecord>,
): Promise<TransactionStep[]> {
  const hashes = schemas.map(({ schemaId, schema }) => schemaHash(schemaId, schema));
  const contents = await resources.getAll(hashes.map((hash) => schemaContentKey(tenant, hash)));
  const steps: TransactionStep[] = [];
  const kept = new Set<string>();
  for (const [index, { schemaId, summary, schema }] of schemas.entries()) {
    const member = { tenant, serviceId, schemaId };
    const hash = hashes[index] ?? schemaHash(schemaId, schema);
    const contentKey = schemaContentKey(tenant, hash);
    const hasContent = contents[index] !== undefined;
    const values = [
      [keyLayouts.SCHEMA_REF.build(member), hash],
      [keyLayouts.SCHEMA_SUMMARY.build(member), summary],
    ] as const;
    for (const [key] of values) kept.add(key);
    const puts = values.filter(([key, value]) => stored.get(key)?.value !== value);
    const operations = [...(hasContent ? [] : [[contentKey, schema] as const]), ...puts].map(
      ([key, value]) => ({ kind: 'put' as const, key, value }),
    );
    if (operations.length === 0) continue;
    // The job that removes texts without a reference must not take this one away in between.
    steps.push({
      compares: [hasContent ? isPresent(contentKey) : isAbsent(contentKey)],
      operations,
    });
  }
  for (const key of stored.keys()) {
    if (!kept.has(key)) steps.push({ compares: [], operations: [{ kind: 'delete', key }] });
  }
  return steps;
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
