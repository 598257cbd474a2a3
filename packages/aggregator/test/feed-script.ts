import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  type DeleteCause,
  defaultTenant,
  type Tenant,
  toStringMap,
  WatchError,
} from '@service-center/sdcommon';
import {
  dependencyRuleDraft,
  instanceDraft,
  type ResourceDraft,
  sampleInstance,
  sampleService,
  sampleServiceKey,
  schemaRefDraft,
  schemaSummaryDraft,
  type ScriptedStep,
  serviceDraft,
  serviceTagDraft,
} from '@service-center/sdcommon/testing';
import fc from 'fast-check';

import type { AggregatorHarness } from './aggregator-harness.ts';

/** One thing that happens to a store, or between it and its follower. */
export type FeedAction =
  | { readonly kind: 'commit'; readonly steps: readonly ScriptedStep[] }
  | { readonly kind: 'replay'; readonly count: number }
  | { readonly kind: 'bookmark' | 'hold' | 'release' | 'endSessions' | 'compact' }
  | { readonly kind: 'break' | 'failList'; readonly error: Error }
  | { readonly kind: 'restore'; readonly epoch: string; readonly drafts: readonly ResourceDraft[] }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'turn' };

const otherTenant: Tenant = { domain: 'other', project: 'default' };
const tenants = fc.constantFrom(defaultTenant, otherTenant);
const services = fc.record({
  serviceId: fc.constantFrom('s1', 's2', 's3'),
  serviceName: fc.constantFrom('cart', 'price'),
  version: fc.constantFrom('1.0.0', '1.0', '2.0.0', '10.0.0'),
  alias: fc.constantFrom('', 'shop:cart'),
  environment: fc.constantFrom('', 'production'),
});

const drafts: fc.Arbitrary<ResourceDraft> = fc.oneof(
  { weight: 6, arbitrary: instances() },
  {
    weight: 3,
    arbitrary: fc
      .tuple(tenants, services)
      .map(([tenant, service]) => serviceDraft(tenant, sampleService(service))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(tenants, services, fc.constantFrom('a', 'b'))
      .map(([tenant, { serviceId }, value]) =>
        serviceTagDraft(tenant, serviceId, toStringMap([['zone', value]])),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(tenants, services, fc.boolean(), fc.constantFrom('1', '2'))
      .map(([tenant, { serviceId }, isSummary, text]) =>
        isSummary
          ? schemaSummaryDraft(tenant, serviceId, 'api', text)
          : schemaRefDraft(tenant, serviceId, 'api', text),
      ),
  },
  { weight: 2, arbitrary: dependencyRules() },
);

function instances(): fc.Arbitrary<ResourceDraft> {
  return fc
    .record({
      tenant: tenants,
      serviceId: fc.constantFrom('s1', 's2', 's3'),
      instanceId: fc.constantFrom('i1', 'i2', 'i3', 'i4'),
      hostName: fc.constantFrom('node-1', 'node-2'),
    })
    .map(({ tenant, ...instance }) => instanceDraft(tenant, sampleInstance(instance)));
}

function dependencyRules(): fc.Arbitrary<ResourceDraft> {
  return fc
    .record({
      tenant: tenants,
      side: fc.constantFrom('c' as const, 'p' as const),
      serviceName: fc.constantFrom('cart', 'price', '*'),
      version: fc.constantFrom('0.0.0+', '1.0.0'),
      consumer: services,
    })
    .map(({ consumer, ...identity }) =>
      dependencyRuleDraft(
        { ...identity, environment: '', appId: identity.serviceName === '*' ? '' : 'shop' },
        { Dependency: [sampleServiceKey(sampleService(consumer))] },
      ),
    );
}

/** Transactions of one to four steps. */
export function commits(causes: readonly DeleteCause[]): fc.Arbitrary<FeedAction> {
  const step: fc.Arbitrary<ScriptedStep> = fc.oneof(
    { weight: 6, arbitrary: drafts.map((draft) => ({ kind: 'put' as const, draft })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(drafts, fc.constantFrom(...causes))
        .map(([draft, cause]) => ({ kind: 'delete' as const, draft, cause })),
    },
    {
      weight: 1,
      arbitrary: drafts.map((draft) => ({ kind: 'unreadable' as const, draft, reason: 'spoilt' })),
    },
  );
  return fc
    .uniqueArray(step, { minLength: 1, maxLength: 4, selector: ({ draft }) => draft.key })
    .map((steps) => ({ kind: 'commit' as const, steps }));
}

/** Faults of the store and of the way to it. */
export const faults: fc.Arbitrary<FeedAction> = fc.oneof(
  fc.nat(3).map((count) => ({ kind: 'replay' as const, count })),
  fc
    .constantFrom(
      'bookmark' as const,
      'hold' as const,
      'release' as const,
      'endSessions' as const,
      'compact' as const,
    )
    .map((kind) => ({ kind })),
  fc
    .constantFrom('transport' as const, 'compacted' as const, 'protocol' as const)
    .map((reason) => ({ kind: 'break' as const, error: new WatchError(reason, reason) })),
  fc.constant({ kind: 'failList' as const, error: new Error('the store does not answer') }),
  fc
    .tuple(
      fc.constantFrom('epoch-1', 'epoch-2', 'epoch-3'),
      fc.uniqueArray(drafts, { maxLength: 6, selector: ({ key }) => key }),
    )
    .map(([epoch, kept]) => ({ kind: 'restore' as const, epoch, drafts: kept })),
);

/** The follower is given time. */
export const pauses: fc.Arbitrary<FeedAction> = fc.oneof(
  fc.constant({ kind: 'turn' as const }),
  fc.constantFrom(1, 500, 1000, 3000).map((ms) => ({ kind: 'advance' as const, ms })),
);

/** Does what the action says. */
export async function perform(harness: AggregatorHarness, action: FeedAction): Promise<void> {
  const { feed, clock } = harness;
  switch (action.kind) {
    case 'commit':
      feed.commit(action.steps);
      break;
    case 'replay':
      feed.replay(action.count);
      break;
    case 'bookmark':
    case 'hold':
    case 'release':
    case 'endSessions':
    case 'compact':
      feed[action.kind]();
      break;
    case 'break':
      feed.breakSessions(action.error);
      break;
    case 'failList':
      feed.failLists(action.error);
      break;
    case 'restore':
      feed.restore(action.epoch, action.drafts);
      break;
    case 'advance':
      await clock.advance(action.ms);
      break;
    case 'turn':
      await nextTurn();
      break;
  }
}
