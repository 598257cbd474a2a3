import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { anyService } from '../model/dependency.ts';
import type { MicroServiceKey } from '../model/microservice.ts';
import { isSameDependencyKey, mergeDependency } from './merge-dependency.ts';

const key: fc.Arbitrary<MicroServiceKey> = fc.record({
  tenant: fc.constant('default/default'),
  environment: fc.constantFrom('', 'production'),
  appId: fc.constantFrom('a', 'b'),
  serviceName: fc.constantFrom('s', 't', anyService),
  alias: fc.constantFrom('', 'x'),
  version: fc.constantFrom('1.0.0', '0.0.0+'),
});
const stored = fc.uniqueArray(key, { comparator: isSameDependencyKey });

describe('a merged dependency', () => {
  it('is what was stored without the deleted and with the created', () => {
    fc.assert(
      fc.property(stored, fc.array(key), fc.boolean(), (before, providers, override) => {
        const merged = mergeDependency(before, { providers, override });
        const expected = [
          ...before.filter((old) => !includes(merged.deleted, old)),
          ...merged.created,
        ];

        expect(merged.providers).toHaveLength(expected.length);
        for (const provider of merged.providers) expect(includes(expected, provider)).toBe(true);
        for (const created of merged.created) {
          expect(includes(before, created)).toBe(false);
          expect(includes(providers, created)).toBe(true);
        }
        for (const deleted of merged.deleted) expect(includes(before, deleted)).toBe(true);
      }),
    );
  });

  it('has no provider twice, and stays the same when merged again', () => {
    fc.assert(
      fc.property(stored, stored, fc.boolean(), (before, providers, override) => {
        const once = mergeDependency(before, { providers, override }).providers;
        const unique = once.filter(
          (provider, index) =>
            once.findIndex((other) => isSameDependencyKey(provider, other)) === index,
        );
        expect(unique).toEqual(once);
        if (!override) return;
        expect(mergeDependency(once, { providers, override })).toEqual({
          created: [],
          deleted: [],
          providers: once,
        });
      }),
    );
  });
});

function includes(keys: readonly MicroServiceKey[], wanted: MicroServiceKey): boolean {
  return keys.some((provider) => isSameDependencyKey(provider, wanted));
}
