import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Backend } from '../../backend/backend.ts';
import { emptyStringMap } from '../../model/string-map.ts';
import { defaultTenant } from '../../model/tenant.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { sampleRule } from '../samples/sample-rule.ts';
import { sampleService } from '../samples/sample-service.ts';
import { BackendFixture, errorNameOf } from './backend-fixture.ts';
import type { BackendHarness } from './backend-harness.ts';
import { findOrphans } from './model/integrity.ts';

const tenant = defaultTenant;
const serviceIds = fc.constantFrom('s1', 's2');
const ruleQuota = 2;

/** One write of a storm. */
type Write = (backend: Backend) => Promise<unknown>;

const writes: fc.Arbitrary<Write> = fc.oneof(
  fc
    .record({
      serviceId: serviceIds,
      serviceName: fc.constantFrom('cart', 'price'),
      alias: fc.constantFrom('', 'basket'),
    })
    .map(
      (given): Write =>
        ({ services }) =>
          services.register({ tenant, service: sampleService(given), isIdRequested: true }),
    ),
  fc.tuple(serviceIds, fc.boolean()).map(
    ([id, isCareful]): Write =>
      ({ services }) =>
        services.delete(tenant, id, isCareful),
  ),
  fc.tuple(serviceIds, fc.constantFrom('a', 'b')).map(
    ([serviceId, instanceId]): Write =>
      ({ instances }) =>
        instances.register({
          tenant,
          instance: sampleInstance({ serviceId, instanceId }),
          ttlSeconds: 1000,
          isIdRequested: true,
        }),
  ),
  fc.tuple(serviceIds, fc.constantFrom('a', 'b')).map(
    ([serviceId, instanceId]): Write =>
      ({ instances }) =>
        instances.unregister({ tenant, serviceId, instanceId }),
  ),
  fc.tuple(serviceIds, fc.constantFrom('UP', 'DOWN')).map(
    ([serviceId, status]): Write =>
      ({ instances }) =>
        instances.updateStatus({ tenant, serviceId, instanceId: 'a' }, status, '1700000001'),
  ),
  fc.tuple(serviceIds, fc.constantFrom('1', '2')).map(
    ([id, zone]): Write =>
      ({ tags }) =>
        tags.replaceAll(tenant, id, { zone }),
  ),
  fc.tuple(serviceIds, fc.constantFrom('one', 'two')).map(
    ([id, schemaId]): Write =>
      ({ schemas }) =>
        schemas.put(tenant, id, { schemaId, summary: '', schema: 'text' }, 10),
  ),
  fc.tuple(serviceIds, fc.constantFrom('one', 'two')).map(
    ([id, schemaId]): Write =>
      ({ schemas }) =>
        schemas.delete(tenant, id, schemaId),
  ),
  fc.constant<Write>(({ schemas }) => schemas.discardUnreferenced(tenant)),
  fc.constantFrom('UP', 'DOWN').map(
    (status): Write =>
      ({ instances }) =>
        instances.updateStatusWhere(tenant, emptyStringMap, status),
  ),
  fc.tuple(serviceIds, fc.constantFrom('WHITE', 'BLACK'), fc.constantFrom('x', 'y', 'z')).map(
    ([id, ruleType, pattern]): Write =>
      ({ rules }) =>
        rules.add(tenant, id, [sampleRule({ ruleId: pattern, ruleType, pattern })], ruleQuota),
  ),
  fc.tuple(serviceIds, fc.constantFrom('x', 'y', 'z')).map(
    ([id, ruleId]): Write =>
      ({ rules }) =>
        rules.delete(tenant, id, [ruleId]),
  ),
);

/** Many writers on few records: nothing is torn apart, nothing is left over (spec 03 §12.7 I2, I3, I6). */
export function describeConcurrency(harness: BackendHarness): void {
  describe('a storm of writes', () => {
    it('leaves nothing half done', async ({ signal }) => {
      const storms = fc.array(fc.array(writes, { minLength: 2, maxLength: 12 }), { maxLength: 8 });
      const property = fc.asyncProperty(storms, async (storm) => {
        const store = await BackendFixture.open(harness, signal);
        try {
          for (const together of storm) {
            const outcomes = await Promise.all(
              together.map((write) => errorNameOf(write(store.backend))),
            );
            expect(outcomes).not.toContain('internal');
            expect(outcomes).not.toContain('unavailableBackend');
            expect(findOrphans(await store.list())).toEqual([]);
            await expectWholeSchemas(store);
            await expectOneTypeOfRules(store);
          }
          await store.verify();
        } finally {
          await store.dispose();
        }
      });
      await fc.assert(property, { numRuns: harness.features.scriptRuns });

      expect.hasAssertions();
    });
  });
}

/** Each reference leads to a text. */
async function expectWholeSchemas(store: BackendFixture): Promise<void> {
  for (const { identity } of await store.stored('SCHEMA_REF')) {
    const { serviceId, schemaId } = identity;
    const schema = await store.backend.schemas.get(tenant, serviceId, schemaId);
    expect(schema?.schema).toBe('text');
  }
}

/** The rules of each service are of one type and within the quota. */
async function expectOneTypeOfRules(store: BackendFixture): Promise<void> {
  const rules = await store.stored('RULE');
  for (const ofService of Map.groupBy(rules, ({ identity }) => identity.serviceId).values()) {
    expect(new Set(ofService.map(({ value }) => value.ruleType)).size).toBe(1);
    expect(ofService.length).toBeLessThanOrEqual(ruleQuota);
  }
}
