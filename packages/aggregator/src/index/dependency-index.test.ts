import {
  anyService,
  anyVersion,
  defaultTenant,
  type ResourceRecord,
} from '@service-center/sdcommon';
import {
  dependencyRuleDraft,
  sampleService,
  sampleServiceKey,
} from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { DependencyIndex } from './dependency-index.ts';

const cart = sampleServiceKey(sampleService());
const price = sampleServiceKey(sampleService({ serviceName: 'price' }));

function rule(
  side: 'c' | 'p',
  serviceName: string,
  version: string,
  ...keys: readonly (typeof cart)[]
): ResourceRecord<'DEPENDENCY_RULE'> {
  const identity = {
    tenant: defaultTenant,
    environment: '',
    appId: 'shop',
    serviceName,
    version,
    side,
  };
  return {
    ...dependencyRuleDraft(identity, { Dependency: keys }),
    createRevision: 1n,
    modRevision: 1n,
    version: 1n,
  };
}

describe('consumersOf', () => {
  it('joins the rules of all versions and the rule of all services', () => {
    const index = new DependencyIndex();
    index.replace(undefined, rule('p', 'price', anyVersion, cart));
    index.replace(undefined, rule('p', 'price', '1.0.0', cart));
    index.replace(undefined, rule('p', anyService, '', price));
    index.replace(undefined, rule('c', 'price', '1.0.0', cart));
    expect(index.consumersOf(defaultTenant, '', 'shop', 'price')).toEqual([
      { version: anyVersion, consumers: [cart] },
      { version: '1.0.0', consumers: [cart] },
      { version: anyVersion, consumers: [price] },
    ]);
    expect(index.consumersOf(defaultTenant, '', 'other', 'other')).toEqual([
      { version: anyVersion, consumers: [price] },
    ]);
    expect(index.consumersOf(defaultTenant, 'production', 'shop', 'price')).toEqual([]);
  });

  it('follows changed and removed rules', () => {
    const index = new DependencyIndex();
    const before = rule('p', 'price', anyVersion, cart);
    const after = rule('p', 'price', anyVersion, cart, price);
    index.replace(undefined, before);
    index.replace(before, after);
    expect(index.consumersOf(defaultTenant, '', 'shop', 'price')).toEqual([
      { version: anyVersion, consumers: [cart, price] },
    ]);
    index.replace(after, undefined);
    expect(index.consumersOf(defaultTenant, '', 'shop', 'price')).toEqual([]);
  });
});

describe('providersOf', () => {
  it('gives what one version of a consumer depends on', () => {
    const index = new DependencyIndex();
    index.replace(undefined, rule('c', 'cart', '1.0.0', price));
    const consumer = { ...sampleService(), tenant: defaultTenant };
    expect(index.providersOf(consumer)).toEqual([price]);
    expect(index.providersOf({ ...consumer, version: '2.0.0' })).toEqual([]);
  });
});
