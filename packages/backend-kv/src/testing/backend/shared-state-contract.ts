import { hasReached, ServiceCenterError } from '@service-center/sdcommon';
import { recordFeed } from '@service-center/sdcommon/testing';
import { describe, expect } from 'vitest';

import type { KvBackendTest } from './kv-backend-fixture.ts';

/** Two servers on one store, and keys that are not the registry's. */
export function describeSharedState(it: KvBackendTest): void {
  describe('two servers', () => {
    it('renew what the other has registered, moved or removed', async ({ servers }) => {
      const key = { tenant: servers.tenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };
      const { instances } = servers.other;
      await servers.registerService();
      await servers.registerInstance();
      expect(await instances.renew(key)).toEqual({ isConfirmed: true, ttlSeconds: 120 });
      await servers.registerInstance({}, 240);
      expect(await instances.renew(key)).toEqual({ isConfirmed: true, ttlSeconds: 240 });
      await servers.backend.instances.unregister(key);

      await expect(instances.renew(key)).rejects.toSatisfy((error) =>
        ServiceCenterError.is(error, 'instanceNotExists'),
      );
    });

    it('that register one instance at once leave one, on one lease', async ({ servers }) => {
      await servers.registerService();
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          servers.registerInstance(
            { hostName: `node-${index}` },
            120,
            index % 2 === 0 ? servers.backend : servers.other,
          ),
        ),
      );

      expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      const lease = await servers.leaseOf();
      const file = await servers.kv.get(servers.key('/cse-sr/inst/files/{DP}/cart-1/cart-1-a'));
      expect(file?.lease).toBe(lease);
    });

    it('exclude each other from a lock, whose key says who has it', async ({ servers }) => {
      const name = `/contract-${servers.tenant.domain}`;
      const options = { ttlSeconds: 60, signal: new AbortController().signal };
      const lock = await servers.backend.tryLock(name, options);
      expect(lock).toBeDefined();
      expect(await servers.other.tryLock(name, options)).toBeUndefined();
      expect(await servers.value(`/lock/${name}`)).toMatch(/^one-\d{8}-\d\d:\d\d:\d\d\.\d{9}$/);
      const waiting = servers.other.lock(name, options);
      await lock?.release();
      const next = await waiting;

      // What is left of the first holder must not touch the lock of the second.
      await lock?.release();
      expect(await servers.value(`/lock/${name}`)).toMatch(/^two-/);
      await expect(lock?.renew()).rejects.toBeInstanceOf(ServiceCenterError);
      await next.release();
      expect(await servers.value(`/lock/${name}`)).toBeUndefined();
    });

    it('respect a lock that a server of the reference holds and deletes', async ({ servers }) => {
      const name = `/contract-${servers.tenant.domain}`;
      const options = { ttlSeconds: 60, signal: new AbortController().signal };
      await servers.putRaw(`/lock/${name}`, 'elsewhere-1-20240101-00:00:00.000000000');
      await servers.putRaw(`/lock/${name}-longer`, 'x');
      expect(await servers.backend.tryLock(name, options)).toBeUndefined();
      const waiting = servers.backend.lock(name, options);
      await servers.kv.commit({
        compares: [],
        success: [
          { kind: 'delete', key: `/lock/${name}-longer` },
          { kind: 'delete', key: `/lock/${name}` },
        ],
      });

      await (await waiting).release();
      expect(await servers.value(`/lock/${name}`)).toBeUndefined();
    });
  });

  describe('a long list', () => {
    it('lets others have their turn', async ({ servers }) => {
      for (let start = 0; start < 5000; start += 100) {
        await servers.kv.commit({
          compares: [],
          success: Array.from({ length: 100 }, (_, index) => ({
            kind: 'put',
            key: servers.key(`/cse-sr/ms/schema-sum/{DP}/cart-1/x${start + index}`),
            value: 'sum',
          })),
        });
      }
      let turns = 0;
      let next = setImmediate(function count() {
        turns++;
        next = setImmediate(count);
      });
      const { signal } = new AbortController();
      const { resources } = await servers.backend.listWatch('SCHEMA_SUMMARY').list({ signal });
      clearImmediate(next);

      expect(resources.length).toBeGreaterThanOrEqual(5000);
      expect(turns).toBeGreaterThanOrEqual(5);
    });
  });

  describe('keys that are no resources', () => {
    it('only move the position of the feed', async ({ servers }) => {
      const after = await servers.backend.position(new AbortController().signal);
      const recorder = recordFeed(servers.backend.feed, after);
      await servers.putRaw('/cse-sr/accounts/amy', '{');
      await servers.putRaw('/cse-sr/inst/leases/{DP}/cart-1/i', '1');
      await servers.putRaw('/cse-sr/ms/schema-content/{DP}/h', 'text');
      await servers.putRaw('/cse-sr/ms/schemas/{DP}/cart-1/x', 'text');
      const order = await servers.putRaw('/cse-sr/sys', '{"version":"1.0.0"}');
      const end = { ...after, order };
      await recorder.reached(end);

      expect(recorder.changes).toEqual([]);
      expect(hasReached(recorder.position, end)).toBe(true);
      recorder.stop();
    });
  });
}
