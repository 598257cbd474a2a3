import type { Schema, Tenant } from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { legacySchemasPrefix, schemaContentKey, servicePrefix } from '../layout/store-keys.ts';
import type { ResourceStore } from './resource-store.ts';

/** Reads what is stored of a service's schemas, in both layouts, in ascending order of ids. */
export async function readSchemas(
  resources: ResourceStore,
  tenant: Tenant,
  serviceId: string,
  withContent: boolean,
): Promise<readonly Schema[]> {
  const [hashes, summaries, legacy] = await Promise.all([
    textsOf(resources, servicePrefix(keyLayouts.SCHEMA_REF.prefix, tenant, serviceId)),
    textsOf(resources, servicePrefix(keyLayouts.SCHEMA_SUMMARY.prefix, tenant, serviceId)),
    textsOf(resources, servicePrefix(legacySchemasPrefix, tenant, serviceId)),
  ]);
  const contents = await contentsOf(resources, tenant, withContent ? hashes : new Map());
  const ids = new Set([...hashes.keys(), ...summaries.keys(), ...legacy.keys()]);
  return [...ids].toSorted().map((schemaId) => ({
    schemaId,
    summary: summaries.get(schemaId) ?? '',
    schema: withContent ? (contents.get(schemaId) ?? legacy.get(schemaId) ?? '') : '',
  }));
}

/** What follows the prefix, with its text. */
async function textsOf(
  resources: ResourceStore,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const records = await resources.records(prefix);
  return new Map(
    records.flatMap(({ key, value }) =>
      value === undefined ? [] : [[key.slice(prefix.length), value] as const],
    ),
  );
}

async function contentsOf(
  resources: ResourceStore,
  tenant: Tenant,
  hashes: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const entries = [...hashes];
  const records = await resources.getAll(entries.map(([, hash]) => schemaContentKey(tenant, hash)));
  const contents = new Map<string, string>();
  for (const [index, [schemaId]] of entries.entries()) {
    const text = records[index]?.value;
    if (text !== undefined) contents.set(schemaId, text);
  }
  return contents;
}
