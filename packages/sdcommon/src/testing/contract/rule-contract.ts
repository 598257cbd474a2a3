import { describe, expect } from 'vitest';

import type { ServiceRule } from '../../model/service-rule.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { sampleRule } from '../samples/sample-rule.ts';
import { errorNameOf, type BackendFixture, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'other' };
const quota = 5;

/** Black and white lists of services (spec 01 §4.5, spec 04 §3.7). */
export function describeRules(it: BackendTest): void {
  describe('rules', () => {
    describe('added', () => {
      it('are stored as they are given', async ({ store }) => {
        const first = sampleRule({ pattern: 'a/b (', description: '"<&>" ü' });
        const second = sampleRule({ ruleId: 'rule-2', attribute: 'tag_zone' });
        await store.registerService();
        const added = await store.shown(add(store, [second, first]));

        expect(added.ruleIds).toEqual(['rule-2', 'rule-1']);
        expect(await list(store)).toEqual([first, second]);
        expect(await store.stored('RULE')).toMatchObject([
          { identity: { tenant: defaultTenant, serviceId: 'cart-1', ruleId: 'rule-1' } },
          { identity: { tenant: defaultTenant, serviceId: 'cart-1', ruleId: 'rule-2' } },
        ]);
        expect(await store.backend.rules.list(otherTenant, 'cart-1')).toEqual([]);
        expect(await store.backend.rules.list(defaultTenant, 'cart')).toEqual([]);
      });

      it('are listed oldest first', async ({ store }) => {
        await store.registerService();
        for (const id of ['c', 'a', 'b']) await add(store, [ruleNumber(id)]);
        await store.backend.rules.update(defaultTenant, 'cart-1', 'c', sampleRule());

        expect((await list(store)).map(({ ruleId }) => ruleId)).toEqual(['c', 'a', 'b']);
      });

      it('are skipped when attribute and pattern are there already', async ({ store }) => {
        await store.registerService();
        const before = await add(store, [sampleRule()]);
        const known = sampleRule({ ruleId: 'again', description: 'another' });
        const skipped = await store.shown(add(store, [known]));
        expect(skipped).toEqual({ position: before.position, ruleIds: [] });
        const fresh = sampleRule({ ruleId: 'fresh', pattern: 'fresh' });
        const repeated = sampleRule({ ruleId: 'repeated', pattern: 'fresh' });
        const added = await add(store, [known, fresh, repeated]);

        expect(added.ruleIds).toEqual(['fresh']);
        expect(await list(store)).toEqual([sampleRule(), fresh]);
      });

      it('are told apart by both attribute and pattern', async ({ store }) => {
        await store.registerService();
        const rules = [
          sampleRule({ ruleId: 'a', attribute: 'tag_a', pattern: 'x' }),
          sampleRule({ ruleId: 'b', attribute: 'tag_a', pattern: 'y' }),
          sampleRule({ ruleId: 'c', attribute: 'tag_b', pattern: 'x' }),
        ];
        await add(store, rules);

        expect(await list(store)).toEqual(rules);
      });

      it('need a service', async ({ store }) => {
        await store.registerService({}, { tenant: otherTenant });
        const mixed = [sampleRule(), sampleRule({ ruleType: 'BLACK' })];

        expect(await errorNameOf(add(store, mixed, 0))).toBe('serviceNotExists');
        expect(await store.stored('RULE')).toEqual([]);
      });
    });

    describe('quota', () => {
      it('counts what is stored and what is asked for, known or not', async ({ store }) => {
        await store.registerService();
        await add(store, ['a', 'b', 'c'].map(ruleNumber));
        expect(await errorNameOf(add(store, ['d', 'e', 'f'].map(ruleNumber)))).toBe(
          'notEnoughQuota',
        );
        expect(await errorNameOf(add(store, ['a', 'b', 'c'].map(ruleNumber)))).toBe(
          'notEnoughQuota',
        );
        expect(await list(store)).toHaveLength(3);
        await add(store, ['d', 'e'].map(ruleNumber));

        expect(await list(store)).toHaveLength(quota);
        const refused = add(store, [ruleNumber('f')]);
        await expect(refused).rejects.toThrow(
          'no quota to create RULE, max num is 5, curNum is 5, apply num is 1',
        );
      });

      it('is told before a wrong type', async ({ store }) => {
        await store.registerService();
        await add(store, ['a', 'b', 'c', 'd', 'e'].map(ruleNumber));

        expect(await errorNameOf(add(store, [sampleRule({ ruleType: 'BLACK' })]))).toBe(
          'notEnoughQuota',
        );
      });

      it('holds when many are added at once, and none is lost', async ({ store }) => {
        await store.registerService();
        const ids = Array.from({ length: 12 }, (_, index) => `rule-${index}`);
        const outcomes = await Promise.all(
          ids.map((id) => errorNameOf(add(store, [ruleNumber(id)]))),
        );

        const stored = ids.filter((_, index) => outcomes[index] === 'no error');
        expect(stored).toHaveLength(quota);
        expect(outcomes.filter((outcome) => outcome === 'notEnoughQuota')).toHaveLength(12 - quota);
        expect((await list(store)).map(({ ruleId }) => ruleId).toSorted()).toEqual(
          stored.toSorted(),
        );
      });
    });

    describe('type', () => {
      it('is the same for all rules of a service', async ({ store }) => {
        await store.registerService();
        const white = sampleRule();
        const black = sampleRule({ ruleId: 'rule-2', ruleType: 'BLACK', pattern: 'b' });
        expect(await errorNameOf(add(store, [white, black]))).toBe('blackAndWhiteRule');
        await add(store, [white]);
        expect(await errorNameOf(add(store, [black]))).toBe('blackAndWhiteRule');
        // A known rule of the other type is refused, not skipped.
        const other = sampleRule({ ruleType: 'BLACK' });
        expect(await errorNameOf(add(store, [other]))).toBe('blackAndWhiteRule');

        expect(await list(store)).toEqual([white]);
        await remove(store, ['rule-1']);
        await add(store, [black]);
        expect(await list(store)).toEqual([black]);
      });

      it('is never mixed by additions at once', async ({ store }) => {
        for (let round = 0; round < 10; round++) {
          const serviceId = `s${round}`;
          await store.registerService({ serviceId, serviceName: serviceId });
          const outcomes = await Promise.all(
            ['WHITE', 'BLACK', 'WHITE', 'BLACK'].map((ruleType, index) => {
              const rule = sampleRule({ ruleId: `r${index}`, ruleType, pattern: `${index}` });
              const { rules } = store.backend;
              return errorNameOf(rules.add(defaultTenant, serviceId, [rule], quota));
            }),
          );

          expect(outcomes.toSorted()).toEqual([
            'blackAndWhiteRule',
            'blackAndWhiteRule',
            'no error',
            'no error',
          ]);
          const stored = await store.backend.rules.list(defaultTenant, serviceId);
          expect(new Set(stored.map(({ value }) => value.ruleType)).size).toBe(1);
        }
      });
    });

    describe('updated', () => {
      it('keep their id, creation time and place', async ({ store }) => {
        await store.registerService();
        await add(store, [sampleRule()]);
        const change = {
          ruleType: 'WHITE',
          attribute: 'tag_zone',
          pattern: 'north',
          description: 'changed',
          modTimestamp: '1700000099',
        };
        const { rules } = store.backend;
        await store.shown(rules.update(defaultTenant, 'cart-1', 'rule-1', change));

        expect(await rules.list(defaultTenant, 'cart-1')).toMatchObject([
          { value: { ruleId: 'rule-1', timestamp: '1700000010', ...change }, version: 2n },
        ]);
        const added = await add(store, [sampleRule({ ruleId: 'rule-2' })]);
        expect(added.ruleIds).toEqual(['rule-2']);
      });

      it('may come to equal another one, and stay apart', async ({ store }) => {
        await store.registerService();
        await add(store, ['a', 'b'].map(ruleNumber));
        await store.backend.rules.update(defaultTenant, 'cart-1', 'a', ruleNumber('b'));
        const patterns = (await list(store)).map(({ pattern }) => pattern);
        expect(patterns).toEqual(['b', 'b']);
        await remove(store, ['a']);

        expect(await list(store)).toEqual([ruleNumber('b')]);
        expect((await add(store, [sampleRule({ ruleId: 'c', pattern: 'b' })])).ruleIds).toEqual([]);
      });

      it('keep the type, must be there and need a service', async ({ store }) => {
        const { rules } = store.backend;
        const update = (ruleId: string, ruleType: string) =>
          errorNameOf(rules.update(defaultTenant, 'cart-1', ruleId, sampleRule({ ruleType })));
        expect(await update('rule-1', 'WHITE')).toBe('serviceNotExists');
        await store.registerService();
        expect(await update('rule-1', 'BLACK')).toBe('ruleNotExists');
        await add(store, [sampleRule()]);

        expect(await update('rule-1', 'BLACK')).toBe('modifyRuleNotAllowed');
        expect(await update('unknown', 'BLACK')).toBe('modifyRuleNotAllowed');
        expect(await update('unknown', 'WHITE')).toBe('ruleNotExists');
        expect(await list(store)).toEqual([sampleRule()]);
        await expect(
          rules.update(defaultTenant, 'cart-1', 'rule-1', sampleRule({ ruleType: 'BLACK' })),
        ).rejects.toThrow('Exist multiple rules,can not change rule type. Rule type is WHITE');
      });

      it('while they are deleted stay deleted', async ({ store }) => {
        await store.registerService();
        for (let round = 0; round < 10; round++) {
          await add(store, [sampleRule()]);
          const change = sampleRule({ pattern: 'x' });
          const [update] = await Promise.all([
            errorNameOf(store.backend.rules.update(defaultTenant, 'cart-1', 'rule-1', change)),
            remove(store, ['rule-1']),
          ]);

          expect(['no error', 'ruleNotExists']).toContain(update);
          expect(await list(store)).toEqual([]);
        }
      });
    });

    describe('deleted', () => {
      it('go, all or none', async ({ store }) => {
        await store.registerService();
        await add(store, ['a', 'b', 'c'].map(ruleNumber));
        expect(await errorNameOf(remove(store, ['a', 'unknown']))).toBe('ruleNotExists');
        expect(await list(store)).toHaveLength(3);
        await store.shown(remove(store, ['a', 'c', 'a']));

        expect(await list(store)).toEqual([ruleNumber('b')]);
        expect(await errorNameOf(remove(store, ['a']))).toBe('ruleNotExists');
        expect((await add(store, [ruleNumber('a')])).ruleIds).toEqual(['a']);
      });

      it('by several at once go once', async ({ store }) => {
        await store.registerService();
        await add(store, [sampleRule()]);
        const outcomes = await Promise.all(
          Array.from({ length: 6 }, () => errorNameOf(remove(store, ['rule-1']))),
        );

        expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'ruleNotExists')).toHaveLength(5);
      });

      it('need a service', async ({ store }) => {
        expect(await errorNameOf(remove(store, ['rule-1']))).toBe('serviceNotExists');
      });
    });

    it('may be a hundred in one request', async ({ store }) => {
      await store.registerService();
      const rules = Array.from({ length: 100 }, (_, index) =>
        ruleNumber(`rule-${String(index).padStart(3, '0')}`),
      );
      const added = await store.shown(add(store, rules, 100));
      expect(added.ruleIds).toHaveLength(100);
      expect(await list(store)).toEqual(rules);
      await store.shown(remove(store, added.ruleIds));

      expect(await list(store)).toEqual([]);
      expect(await store.stored('RULE_INDEX')).toEqual([]);
    });
  });
}

/** A rule whose pattern is its id. */
function ruleNumber(ruleId: string): ServiceRule {
  return sampleRule({ ruleId, pattern: ruleId });
}

function add(store: BackendFixture, rules: readonly ServiceRule[], limit = quota) {
  return store.backend.rules.add(defaultTenant, 'cart-1', rules, limit);
}

function remove(store: BackendFixture, ruleIds: readonly string[]) {
  return store.backend.rules.delete(defaultTenant, 'cart-1', ruleIds);
}

async function list(store: BackendFixture): Promise<readonly ServiceRule[]> {
  const records = await store.backend.rules.list(defaultTenant, 'cart-1');
  return records.map(({ value }) => value);
}
