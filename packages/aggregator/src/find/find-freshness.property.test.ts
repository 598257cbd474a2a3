import {
  defaultTenant,
  parseVersionRule,
  type ResourceRecord,
  selectVersions,
  type Tenant,
  toStringMap,
} from '@service-center/sdcommon';
import {
  dependencyRuleDraft,
  instanceDraft,
  type ResourceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
  serviceTagDraft,
} from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { AggregatorHarness } from '../../test/aggregator-harness.ts';
import { type Aggregator, encodeFindAnswer, type FindAnswer, type Resolution } from '../index.ts';

const shared: Tenant = defaultTenant;
const roots = ['cart', 'price', 'shop:cart'].map((serviceName) => ({
  tenant: shared,
  environment: '',
  appId: 'shop',
  serviceName,
}));
const requests = ['', '1.0.0+', 'latest', 'zone', 'latest zone'];

/** What a registry would select, in short: a version rule and a tag. */
function resolve(aggregator: Aggregator, serviceName: string, request: string): Resolution {
  const wantsZone = request.includes('zone');
  const rule = parseVersionRule(request.replace('zone', '').trim());
  const named = aggregator.services.versions(shared, '', 'shop', serviceName);
  const candidates =
    named.length > 0 ? named : aggregator.services.byAlias(shared, '', 'shop', serviceName);
  const selected =
    rule === undefined
      ? []
      : selectVersions(
          rule,
          candidates.map((record) => ({ version: record.value.version, record })),
        ).map(({ record }) => record);
  const left = selected.filter(
    ({ identity }) => !wantsZone || 'zone' in aggregator.tags.get(shared, identity.serviceId),
  );
  return {
    serviceIds: left.map(({ identity }) => identity.serviceId),
    isFiltered: left.length < selected.length,
  };
}

function uncached(aggregator: Aggregator, serviceName: string, request: string): FindAnswer {
  const resolution = resolve(aggregator, serviceName, request);
  const instances = resolution.serviceIds.flatMap(
    (serviceId): readonly ResourceRecord<'INSTANCE'>[] =>
      aggregator.instances.ofService(shared, serviceId),
  );
  return encodeFindAnswer(resolution, instances);
}

const services = fc
  .record({
    serviceId: fc.constantFrom('s1', 's2', 's3'),
    serviceName: fc.constantFrom('cart', 'price'),
    version: fc.constantFrom('1.0.0', '2.0.0', '3.0.0'),
    alias: fc.constantFrom('', 'shop:cart'),
  })
  .map((service): ResourceDraft => serviceDraft(shared, sampleService(service)));
const instances = fc
  .record({
    serviceId: fc.constantFrom('s1', 's2', 's3'),
    instanceId: fc.constantFrom('a', 'b', 'c'),
    status: fc.constantFrom('UP', 'DOWN'),
  })
  .map((instance): ResourceDraft => instanceDraft(shared, sampleInstance(instance)));
const tags = fc
  .tuple(fc.constantFrom('s1', 's2', 's3'), fc.constantFrom('zone', 'other'))
  .map(([serviceId, tag]): ResourceDraft =>
    serviceTagDraft(shared, serviceId, toStringMap([[tag, 'x']])),
  );
const rules = fc.constantFrom('cart', 'price').map((serviceName): ResourceDraft =>
  dependencyRuleDraft(
    {
      tenant: shared,
      environment: '',
      appId: 'shop',
      serviceName,
      version: '1.0.0',
      side: 'c',
    },
    { Dependency: [] },
  ),
);
const steps = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    draft: fc.oneof(services, instances, instances, tags, rules),
  }),
  fc.record({
    kind: fc.constant('delete' as const),
    draft: fc.oneof(services, instances, instances, tags),
    cause: fc.constantFrom('unregister' as const, 'unknown' as const),
  }),
);

it('never answers with anything but the present state, and tells each other answer by its revision (I14, I23)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (script) => {
      await using harness = await new AggregatorHarness({
        findCacheMaxBytes: 8000,
      }).start();
      const { aggregator, feed } = harness;
      const problems: string[] = [];
      /** The bytes that each request was given under each revision. */
      const bodies = new Map<string, string>();
      const compare = (): void => {
        for (const root of roots) {
          for (const request of requests) {
            const answer = aggregator.findCache.lookup(root, request, () =>
              resolve(aggregator, root.serviceName, request),
            );
            const expected = uncached(aggregator, root.serviceName, request);
            const id = `${root.serviceName} ${request} ${answer.revision}`;
            const body = answer.body.toString();
            if (body !== expected.body.toString()) problems.push(`${id}: stale`);
            if (answer.revision !== expected.revision) problems.push(`${id}: stale revision`);
            if ((bodies.get(id) ?? body) !== body) problems.push(`${id}: two answers`);
            bodies.set(id, body);
          }
        }
      };
      aggregator.events$.subscribe(compare);
      compare();
      for (const step of script) {
        feed.commit([step]);
        await harness.reached();
        compare();
      }
      await harness.clock.advance(2000);
      compare();
      expect(problems).toEqual([]);
      expect(aggregator.findCache.statistics.bytes).toBeLessThanOrEqual(8000);
    }),
    { numRuns: 100, seed: 6 },
  );
});
