import { resourceTypes, type ResourceType } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { IdentityInterner } from './identity-interner.ts';
import { keyLayouts, resourceTypeOf } from './key-layouts.ts';

const tenant = { domain: 'dd', project: 'pp' };
const name = {
  tenant,
  environment: 'development',
  appId: 'shop',
  serviceName: 'cart',
  version: '1.0.0',
};
const member = { tenant, serviceId: 'sid' };

function parse(type: ResourceType, key: string): unknown {
  return keyLayouts[type].parse(key, new IdentityInterner());
}

describe('keys of the reference', () => {
  it.for([
    ['DOMAIN', '/cse-sr/domains/dd', { domain: 'dd' }],
    ['PROJECT', '/cse-sr/projects/dd/pp', tenant],
    ['SERVICE', '/cse-sr/ms/files/dd/pp/sid', member],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/dd/pp/development/shop/cart/1.0.0', name],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/dd/pp//shop/cart/1.0.0', { ...name, environment: '' }],
    ['SERVICE_ALIAS', '/cse-sr/ms/alias/dd/pp/development//cart/1.0.0', { ...name, appId: '' }],
    ['SERVICE_TAG', '/cse-sr/ms/tags/dd/pp/sid', member],
    ['RULE', '/cse-sr/ms/rules/dd/pp/sid/r1', { ...member, ruleId: 'r1' }],
    [
      'RULE_INDEX',
      '/cse-sr/ms/rule-indexes/dd/pp/sid/tag_a/a+',
      { ...member, attribute: 'tag_a', pattern: 'a+' },
    ],
    [
      'RULE_INDEX',
      '/cse-sr/ms/rule-indexes/dd/pp/sid/AppId//a/b/',
      { ...member, attribute: 'AppId', pattern: '/a/b/' },
    ],
    ['SCHEMA_REF', '/cse-sr/ms/schema-ref/dd/pp/sid/x', { ...member, schemaId: 'x' }],
    ['SCHEMA_SUMMARY', '/cse-sr/ms/schema-sum/dd/pp/sid/x', { ...member, schemaId: 'x' }],
    [
      'DEPENDENCY_RULE',
      '/cse-sr/ms/dep-rules/dd/pp/c/development/shop/cart/1.0.0',
      { ...name, side: 'c' },
    ],
    [
      'DEPENDENCY_RULE',
      '/cse-sr/ms/dep-rules/dd/pp/p//shop/cart/1.0.0-2.0.0',
      { ...name, side: 'p', environment: '', version: '1.0.0-2.0.0' },
    ],
    [
      'DEPENDENCY_RULE',
      '/cse-sr/ms/dep-rules/dd/pp/p/dev/*',
      { tenant, side: 'p', environment: 'dev', appId: '', serviceName: '*', version: '' },
    ],
    [
      'DEPENDENCY_RULE',
      '/cse-sr/ms/dep-rules/dd/pp/p//*',
      { tenant, side: 'p', environment: '', appId: '', serviceName: '*', version: '' },
    ],
    ['DEPENDENCY_QUEUE', '/cse-sr/ms/dep-queue/dd/pp/sid/0', { ...member, queueId: '0' }],
    [
      'DEPENDENCY_QUEUE',
      '/cse-sr/ms/dep-queue/dd/pp/sid/shop_cart',
      { ...member, queueId: 'shop_cart' },
    ],
    ['INSTANCE', '/cse-sr/inst/files/dd/pp/sid/iid', { ...member, instanceId: 'iid' }],
  ] as const)('%s: %s', ([type, key, identity]) => {
    expect(parse(type, key)).toEqual(identity);
    expect(resourceTypeOf(key, resourceTypes)).toBe(type);
  });

  it('leave the application and version of the wildcard provider out', () => {
    const identity = { ...name, side: 'p', serviceName: '*', version: '0.0.0+' } as const;
    expect(keyLayouts.DEPENDENCY_RULE.build(identity)).toBe(
      '/cse-sr/ms/dep-rules/dd/pp/p/development/*',
    );
  });
});

describe('keys that name nothing', () => {
  it.for([
    ['DOMAIN', '/cse-sr/domains/'],
    ['DOMAIN', '/cse-sr/domains/d/p'],
    ['PROJECT', '/cse-sr/projects/d'],
    ['PROJECT', '/cse-sr/projects//p'],
    ['PROJECT', '/cse-sr/projects/d/'],
    ['PROJECT', '/cse-sr/projects/d/p/x'],
    ['SERVICE', '/cse-sr/ms/files/'],
    ['SERVICE', '/cse-sr/ms/files/lonely'],
    ['SERVICE', '/cse-sr/ms/files/d/p'],
    ['SERVICE', '/cse-sr/ms/files/d/p/'],
    ['SERVICE', '/cse-sr/ms/files//p/s'],
    ['SERVICE', '/cse-sr/ms/files/d//s'],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/d/p/1.0.0'],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/d/p/e/a/n/'],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/d/p/e/a//v'],
    ['SERVICE_INDEX', '/cse-sr/ms/indexes/d/p/e/a/n/v/more'],
    ['RULE', '/cse-sr/ms/rules/d/p/s'],
    ['RULE', '/cse-sr/ms/rules/d/p/s/'],
    ['RULE_INDEX', '/cse-sr/ms/rule-indexes/d/p/s/AppId/'],
    ['RULE_INDEX', '/cse-sr/ms/rule-indexes/d/p/s//x'],
    ['RULE_INDEX', '/cse-sr/ms/rule-indexes/d/p/s//'],
    ['RULE_INDEX', '/cse-sr/ms/rule-indexes/d/p//AppId/x'],
    ['DEPENDENCY_RULE', '/cse-sr/ms/dep-rules/d/p/x/e/a/n/v'],
    ['DEPENDENCY_RULE', '/cse-sr/ms/dep-rules/d/p/c/e/*'],
    ['DEPENDENCY_RULE', '/cse-sr/ms/dep-rules/d/p/p/*'],
    ['DEPENDENCY_RULE', '/cse-sr/ms/dep-rules/d/p/p'],
    ['DEPENDENCY_RULE', '/cse-sr/ms/dep-rules/d/p/p/e/a/*/1.0.0'],
    ['DEPENDENCY_QUEUE', '/cse-sr/ms/dep-queue/d/p/0'],
    ['INSTANCE', '/cse-sr/inst/files/d/p'],
    ['INSTANCE', '/cse-sr/inst/files/d/p/s'],
    ['INSTANCE', '/cse-sr/inst/files/d/p//i'],
    ['INSTANCE', '/cse-sr/inst/files/d/p/s/'],
  ] as const)('%s: %s', ([type, key]) => {
    expect(parse(type, key)).toBeUndefined();
  });
});

it('reads a stored serviceId that contains slashes', () => {
  expect(parse('SERVICE', '/cse-sr/ms/files/dd/pp/a/b')).toEqual({ tenant, serviceId: 'a/b' });
  expect(parse('INSTANCE', '/cse-sr/inst/files/dd/pp/a/b/iid')).toEqual({
    tenant,
    serviceId: 'a/b',
    instanceId: 'iid',
  });
});

it.for([
  '/cse-sr/inst/leases/d/p/s/i',
  '/cse-sr/ms/schemas/d/p/s/x',
  '/cse-sr/ms/schema-content/d/p/hash',
  '/cse-sr/sys',
  '/cse-sr/accounts/amy',
])('takes %s for no resource', (key) => {
  expect(resourceTypeOf(key, resourceTypes)).toBeUndefined();
});

describe('interning', () => {
  it('gives records of one service the same tenant and serviceId', () => {
    const interner = new IdentityInterner();
    const first = keyLayouts.INSTANCE.parse('/cse-sr/inst/files/dd/pp/sid/a', interner);
    const second = keyLayouts.INSTANCE.parse('/cse-sr/inst/files/dd/pp/sid/b', interner);

    expect(first?.tenant).toBe(second?.tenant);
    expect(keyLayouts.PROJECT.parse('/cse-sr/projects/dd/pp', interner)).toBe(first?.tenant);
  });

  it('keeps tenants apart whose names run together', () => {
    const interner = new IdentityInterner();
    expect(interner.tenant('a', 'b')).toEqual({ domain: 'a', project: 'b' });
    expect(interner.tenant('ab', '')).toEqual({ domain: 'ab', project: '' });
  });
});
