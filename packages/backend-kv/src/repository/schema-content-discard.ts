import type { Tenant } from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { schemaContentPrefix, tenantPrefix } from '../layout/store-keys.ts';
import { hasNoPutSince } from '../store/compares.ts';
import { readRange } from '../store/read-range.ts';
import { chunksOf, maxTransactionOperations } from '../store/transaction-limit.ts';
import type { ResourceStore } from './resource-store.ts';

/** How often everything is read before the rest is left to the next run. */
const maxReadings = 5;

/** Texts without a reference. */
interface Unreferenced {
  readonly keys: readonly string[];
  /** Good as long as no reference was put since. */
  readonly revision: bigint;
}

/**
 * Removes the texts of a tenant's schemas that no reference names (spec 02 §1.9).
 *
 * A service that comes to share a text which is there writes its reference alone, so a text must not go on the strength
 * of an old reading: each removal holds only if no reference of the tenant was put since. One that is put after the
 * removal finds the text gone, in the same transaction, and brings it along.
 *
 * @returns how many were removed
 */
export async function discardUnreferencedContents(
  resources: ResourceStore,
  tenant: Tenant,
): Promise<number> {
  let discarded = 0;
  for (let reading = 0; reading < maxReadings; reading++) {
    const unreferenced = await readUnreferenced(resources, tenant);
    const removed = await discard(resources, tenant, unreferenced);
    discarded += removed;
    if (removed === unreferenced.keys.length) break;
  }
  return discarded;
}

async function readUnreferenced(resources: ResourceStore, tenant: Tenant): Promise<Unreferenced> {
  const { kv } = resources;
  const revision = await kv.currentRevision();
  const referenced = new Set<string | undefined>();
  const references = tenantPrefix(keyLayouts.SCHEMA_REF.prefix, tenant);
  for await (const { records } of readRange(kv, { prefix: references })) {
    for (const { value } of records) referenced.add(value);
  }
  const keys: string[] = [];
  const prefix = schemaContentPrefix(tenant);
  for await (const { records } of readRange(kv, { prefix })) {
    for (const { key } of records) if (!referenced.has(key.slice(prefix.length))) keys.push(key);
  }
  return { keys, revision };
}

/** @returns how many were removed before a reference was put */
async function discard(
  resources: ResourceStore,
  tenant: Tenant,
  { keys, revision }: Unreferenced,
): Promise<number> {
  const references = tenantPrefix(keyLayouts.SCHEMA_REF.prefix, tenant);
  let removed = 0;
  for (const chunk of chunksOf(keys, maxTransactionOperations)) {
    const { succeeded } = await resources.kv.commit({
      compares: [hasNoPutSince(references, revision)],
      success: chunk.map((key) => ({ kind: 'delete', key })),
    });
    if (!succeeded) break;
    removed += chunk.length;
  }
  return removed;
}
