import { describe } from 'vitest';

import { describeConcurrency } from './concurrency-contract.ts';
import { kvStoreTest } from './kv-store-fixture.ts';
import type { KvStoreHarness } from './kv-store-harness.ts';
import { describeLeases } from './lease-contract.ts';
import { describeLifecycle, describeReopening } from './lifecycle-contract.ts';
import { describeModel } from './model-contract.ts';
import { describeRanges } from './range-contract.ts';
import { describeTransactions } from './transaction-contract.ts';
import { describeWatches } from './watch-contract.ts';

/**
 * The definition of a {@link KvStore}: etcd's semantics as far as the registry relies on them (design §3.1). Every store
 * has to pass it for real, on disk or over the network.
 *
 * Call it at the top of a test file.
 *
 * @param name - of the store, as the report shows it
 */
export function describeKvStore(name: string, harness: KvStoreHarness): void {
  const it = kvStoreTest(harness);
  describe(`${name} key-value store`, () => {
    describeTransactions(it);
    describeRanges(it);
    describeLeases(it);
    describeWatches(it);
    describeConcurrency(it);
    describeLifecycle(it);
    if (harness.features.reopens) describeReopening(it);
    describeModel(it);
  });
}
