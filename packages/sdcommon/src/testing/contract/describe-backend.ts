import { describe } from 'vitest';

import { backendTest } from './backend-fixture.ts';
import type { BackendHarness } from './backend-harness.ts';
import { describeConcurrency } from './concurrency-contract.ts';
import { describeDependencyCleanUp } from './dependency-clean-up-contract.ts';
import { describeDependencyQueue } from './dependency-queue-contract.ts';
import { describeDependencyRules } from './dependency-rule-contract.ts';
import { describeFeed } from './feed-contract.ts';
import { describeInstances } from './instance-contract.ts';
import { describeLeases } from './lease-contract.ts';
import { describeLifecycle } from './lifecycle-contract.ts';
import { describeLocks } from './lock-contract.ts';
import { describeModel } from './model-contract.ts';
import { describePoison } from './poison-contract.ts';
import { describeCompaction, describePositions } from './position-contract.ts';
import { describeRules } from './rule-contract.ts';
import { describeSchemas } from './schema-contract.ts';
import { describeSchemaDiscard } from './schema-discard-contract.ts';
import { describeServerRecord } from './server-record-contract.ts';
import { describeServices } from './service-contract.ts';
import { describeServiceDeletion } from './service-deletion-contract.ts';
import { describeStatusUpdates } from './status-update-contract.ts';
import { describeTags } from './tag-contract.ts';
import { describeTenants } from './tenant-contract.ts';

/**
 * The definition of a backend (design §3.1, §6): tests that each backend has to pass over its real store.
 *
 * Call it at the top of a test file. Each test gets a store of its own, and ends with the proof that the fold of the
 * feed equals the list of the store.
 *
 * @param name - of the backend, as the report shows it
 */
export function describeBackend(name: string, harness: BackendHarness): void {
  const it = backendTest(harness);
  describe(`${name} backend`, () => {
    describeTenants(it);
    describeServices(it);
    describeServiceDeletion(it);
    describeInstances(it);
    describeStatusUpdates(it);
    describeLeases(it);
    describeSchemas(it);
    describeSchemaDiscard(it);
    describeTags(it);
    describeRules(it);
    describeDependencyQueue(it);
    describeDependencyRules(it);
    describeDependencyCleanUp(it);
    describeServerRecord(it);
    describeFeed(it);
    describePositions(it);
    if (harness.features.compacts) describeCompaction(it);
    describePoison(it, harness.features);
    describeLocks(it);
    describeLifecycle(it);
    describeModel(harness);
    describeConcurrency(harness);
  });
}
