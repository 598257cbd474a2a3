import { describe } from 'vitest';

import type { KvStoreHarness } from '../store/kv-store-harness.ts';
import { describeDependencyStorage } from './dependency-storage-contract.ts';
import { describeInstanceStorage } from './instance-storage-contract.ts';
import { kvBackendTest } from './kv-backend-fixture.ts';
import { describeLayout } from './layout-contract.ts';
import { describeLegacyData } from './legacy-data-contract.ts';
import { describeRuleStorage } from './rule-storage-contract.ts';
import { describeSchemaContents } from './schema-content-contract.ts';
import { describeSharedState } from './shared-state-contract.ts';

/**
 * What a backend's users cannot see but other servers on the same store rely on: keys, values and leases as the
 * reference has them (spec 02 §1), data of older generations, and two servers at once.
 *
 * Call it at the top of a test file, beside the suite of backends in `sdcommon/testing`.
 *
 * @param name - of the store, as the report shows it
 */
export function describeKvBackend(name: string, harness: KvStoreHarness): void {
  const it = kvBackendTest(harness);
  describe(`the registry's data on the ${name} store`, () => {
    describeLayout(it);
    describeInstanceStorage(it);
    describeRuleStorage(it);
    describeSchemaContents(it);
    describeDependencyStorage(it);
    describeLegacyData(it);
    describeSharedState(it);
  });
}
