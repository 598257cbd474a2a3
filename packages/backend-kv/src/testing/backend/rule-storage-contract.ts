import { ServiceCenterError, type ServiceRule } from '@service-center/sdcommon';
import { sampleRule } from '@service-center/sdcommon/testing';
import { describe, expect } from 'vitest';

import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';

const ruleKey = '/cse-sr/ms/rules/{DP}/cart-1/';
const indexKey = '/cse-sr/ms/rule-indexes/{DP}/cart-1/';

/** How rules and the keys that lead to them are stored (spec 02 §1.1 and §1.3). */
export function describeRuleStorage(it: KvBackendTest): void {
  describe('rules', () => {
    it('have the keys and values of the reference', async ({ servers }) => {
      await servers.registerService();
      await add(servers, [
        sampleRule({ attribute: 'tag_a', pattern: 'a/b+', description: 'test' }),
        sampleRule({ ruleId: 'rule-2', attribute: 'ServiceName', pattern: 'x' }),
      ]);
      expect(await contentOf(servers)).toEqual({
        [`${ruleKey}rule-1`]:
          '{"ruleId":"rule-1","ruleType":"WHITE","attribute":"tag_a","pattern":"a/b+","description":"test","timestamp":"1700000010","modTimestamp":"1700000010"}',
        [`${ruleKey}rule-2`]:
          '{"ruleId":"rule-2","ruleType":"WHITE","attribute":"ServiceName","pattern":"x","timestamp":"1700000010","modTimestamp":"1700000010"}',
        [`${indexKey}tag_a/a/b+`]: 'rule-1',
        [`${indexKey}ServiceName/x`]: 'rule-2',
      });
      const change = sampleRule({ attribute: 'tag_b', pattern: 'c', modTimestamp: '1700000020' });
      await servers.backend.rules.update(servers.tenant, 'cart-1', 'rule-1', change);
      await servers.backend.rules.delete(servers.tenant, 'cart-1', ['rule-2']);

      expect(await contentOf(servers)).toEqual({
        [`${ruleKey}rule-1`]:
          '{"ruleId":"rule-1","ruleType":"WHITE","attribute":"tag_b","pattern":"c","timestamp":"1700000010","modTimestamp":"1700000020"}',
        [`${indexKey}tag_b/c`]: 'rule-1',
      });
      await servers.backend.services.delete(servers.tenant, 'cart-1', false);
      expect(await contentOf(servers)).toEqual({});
    });

    it('of one request come into being together, even a hundred', async ({ servers }) => {
      await servers.registerService();
      await add(servers, numbered(0, 100));
      const rules = await servers.records(ruleKey);
      expect(rules).toHaveLength(100);
      expect(new Set(rules.map(({ modRevision }) => modRevision)).size).toBe(1);
      expect(await servers.records(indexKey)).toHaveLength(100);
      const few = numbered(100, 140);
      const { position } = await add(servers, few);
      const written = [...(await servers.records(ruleKey)), ...(await servers.records(indexKey))];

      const last = written.filter(({ modRevision }) => modRevision === position.order);
      expect(last).toHaveLength(2 * few.length);
    });

    it('of which two are the same keep a key to the one that stays', async ({ servers }) => {
      await servers.registerService();
      const { rules } = servers.backend;
      await add(servers, numbered(0, 2));
      await rules.update(servers.tenant, 'cart-1', 'rule-000', sampleRule({ pattern: 'p001' }));
      expect(await servers.value(`${indexKey}AppId/p000`)).toBeUndefined();
      await rules.delete(servers.tenant, 'cart-1', ['rule-001']);
      expect(await servers.value(`${indexKey}AppId/p001`)).toBe('rule-000');
      await rules.delete(servers.tenant, 'cart-1', ['rule-000']);

      expect(await contentOf(servers)).toEqual({});
    });

    it('are not hidden by a key that leads nowhere', async ({ servers }) => {
      await servers.registerService();
      await servers.putRaw(`${indexKey}AppId/^shop$`, 'gone');
      const added = await add(servers, [sampleRule()]);

      expect(added.ruleIds).toEqual(['rule-1']);
      expect(await servers.value(`${indexKey}AppId/^shop$`)).toBe('rule-1');
    });

    it('are known by their key, whatever their value says', async ({ servers }) => {
      await servers.registerService();
      const value = '{"ruleType":"WHITE","attribute":"AppId","pattern":"x"}';
      await servers.putRaw(`${ruleKey}Deny`, value);
      await servers.putRaw(`${indexKey}AppId/x`, 'Deny');
      const { rules } = servers.backend;
      const change = sampleRule({ ruleId: 'other', pattern: 'y' });
      await rules.update(servers.tenant, 'cart-1', 'Deny', change);
      expect(Object.keys(await contentOf(servers))).toEqual([
        `${indexKey}AppId/y`,
        `${ruleKey}Deny`,
      ]);
      await rules.delete(servers.tenant, 'cart-1', ['Deny']);

      expect(await contentOf(servers)).toEqual({});
    });

    it('that cannot be read stand in the way of no other', async ({ servers }) => {
      await servers.registerService();
      await servers.putRaw(`${ruleKey}broken`, '{');
      await add(servers, [sampleRule()]);
      const { rules } = servers.backend;

      expect(await rules.list(servers.tenant, 'cart-1')).toMatchObject([{ value: sampleRule() }]);
      await expect(rules.delete(servers.tenant, 'cart-1', ['broken'])).rejects.toSatisfy((error) =>
        ServiceCenterError.is(error, 'ruleNotExists'),
      );
      await rules.delete(servers.tenant, 'cart-1', ['rule-1']);
      expect(await rules.list(servers.tenant, 'cart-1')).toEqual([]);
    });

    it('of a service whose id contains a slash belong to it alone', async ({ servers }) => {
      await servers.registerService();
      await servers.putRaw('/cse-sr/ms/files/{DP}/cart-1/b', '{"serviceId":"cart-1/b"}');
      await servers.backend.rules.add(servers.tenant, 'cart-1/b', [sampleRule()], 100);
      await add(servers, [sampleRule({ ruleType: 'BLACK' })]);

      const { rules } = servers.backend;
      expect(await rules.list(servers.tenant, 'cart-1/b')).toHaveLength(1);
      expect(await rules.list(servers.tenant, 'cart-1')).toMatchObject([
        { value: { ruleType: 'BLACK' } },
      ]);
    });

    it('added through two servers keep the quota', async ({ servers }) => {
      await servers.registerService();
      const outcomes = await Promise.allSettled(
        numbered(0, 20).map((rule, index) => {
          const { rules } = index % 2 === 0 ? servers.backend : servers.other;
          return rules.add(servers.tenant, 'cart-1', [rule], 7);
        }),
      );

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
      expect(await servers.records(ruleKey)).toHaveLength(7);
      expect(await servers.records(indexKey)).toHaveLength(7);
    });
  });
}

function numbered(start: number, end: number): readonly ServiceRule[] {
  return Array.from({ length: end - start }, (_, index) => {
    const number = String(start + index).padStart(3, '0');
    return sampleRule({ ruleId: `rule-${number}`, pattern: `p${number}` });
  });
}

function add(servers: KvBackendFixture, rules: readonly ServiceRule[]) {
  return servers.backend.rules.add(servers.tenant, 'cart-1', rules, 1000);
}

/** The keys and values that are about rules, keys as patterns and in order. */
async function contentOf(
  servers: KvBackendFixture,
): Promise<Readonly<Record<string, string | undefined>>> {
  const content = await servers.dump();
  const entries = [...content].filter(([key]) => key.startsWith('/cse-sr/ms/rule'));
  return Object.fromEntries(entries);
}
