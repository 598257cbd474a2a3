import * as fc from 'fast-check';

import type { Tenant } from '../../../model/tenant.ts';

// Few names, some of them the beginning of others, so that scripts meet themselves again and again.

/** Tenants of random scripts. */
export const tenants: fc.Arbitrary<Tenant> = fc.constantFrom<Tenant>(
  { domain: 'd', project: 'p' },
  { domain: 'd', project: 'p2' },
);

/** Ids of services of random scripts. */
export const serviceIds: fc.Arbitrary<string> = fc.constantFrom('s1', 's11', 's2');

/** Ids of instances of random scripts. */
export const instanceIds: fc.Arbitrary<string> = fc.constantFrom('i', 'i2');

/** Ids of schemas of random scripts. */
export const schemaIds: fc.Arbitrary<string> = fc.constantFrom('one', 'two');

/** Ids of rules of random scripts. */
export const ruleIds: fc.Arbitrary<string> = fc.constantFrom('r1', 'r2', 'r3', 'r4');
