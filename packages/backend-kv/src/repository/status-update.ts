import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  containsStringMap,
  encodeMicroServiceInstance,
  type StringMap,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { tenantPrefix } from '../layout/store-keys.ts';
import { isUnchanged } from '../store/compares.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import { newestRevision } from '../store/revisions.ts';
import { chunksOf, maxTransactionOperations } from '../store/transaction-limit.ts';
import type { ResourceStore } from './resource-store.ts';

/** Which instances get which status. */
export interface StatusUpdate {
  readonly tenant: Tenant;
  /** What the properties of an instance have to contain. */
  readonly properties: StringMap;
  readonly status: string;
}

/**
 * Sets the status of all instances of a tenant with certain properties (spec 02 §1.3, "Bulk status update").
 *
 * Each page is read as of now and written before the next one is read. Pages that fit together would either have to be
 * kept, 150,000 records in the worst case, or be read at a revision that the writing itself pushes out of the history.
 */
export async function updateStatusWhere(
  resources: ResourceStore,
  update: StatusUpdate,
): Promise<Written> {
  const prefix = tenantPrefix(keyLayouts.INSTANCE.prefix, update.tenant);
  let reached = 0n;
  let afterKey: string | undefined;
  for (;;) {
    const page = await resources.kv.range({
      prefix,
      ...(afterKey === undefined ? {} : { afterKey }),
    });
    if (page.revision > reached) reached = page.revision;
    for (const records of chunksOf(page.records, maxTransactionOperations)) {
      const revision = await updateTogether(resources, update, records);
      if (revision > reached) reached = revision;
      // Where nothing has to be written, a store in memory would never make a pause.
      await nextTurn();
    }
    afterKey = page.records.at(-1)?.key;
    if (!page.hasMore || afterKey === undefined) return resources.written(reached);
  }
}

/** @returns the revision of the change; of the records when none of them had to be changed */
async function updateTogether(
  resources: ResourceStore,
  update: StatusUpdate,
  records: readonly KvRecord[],
): Promise<bigint> {
  let current = records;
  const { domain, project } = update.tenant;
  return retryOnConflict(`instances of ${domain}/${project}`, async () => {
    const matching = current.flatMap((record) => {
      const operation = statusPut(resources, update, record);
      return operation === undefined ? [] : [{ record, operation }];
    });
    if (matching.length === 0) return newestRevision(current);
    const { succeeded, revision } = await resources.kv.commit({
      compares: matching.map(({ record }) => isUnchanged(record.key, record)),
      success: matching.map(({ operation }) => operation),
    });
    if (succeeded) return revision;
    const again = await resources.getAll(current.map(({ key }) => key));
    current = again.filter((record) => record !== undefined);
    return undefined;
  });
}

/** @returns undefined when the instance is not meant, has the status or cannot be read */
function statusPut(
  resources: ResourceStore,
  { properties, status }: StatusUpdate,
  record: KvRecord,
): KvOperation | undefined {
  const instance = resources.tryDecode('INSTANCE', record)?.value;
  if (instance === undefined || instance.status === status) return undefined;
  if (!containsStringMap(instance.properties, properties)) return undefined;
  const value = encodeMicroServiceInstance({ ...instance, status });
  return { kind: 'put', key: record.key, value, lease: record.lease };
}
