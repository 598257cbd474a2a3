import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  emptyStringMap,
  encodeMicroServiceInstance,
  ServiceCenterError,
  SystemClock,
} from '@service-center/sdcommon';
import { sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect } from 'vitest';

import { KvBackend } from '../../kv-backend.ts';
import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';
import { LostAnswers } from './lost-answers.ts';

const fileKey = '/cse-sr/inst/files/{DP}/cart-1/cart-1-a';
const leaseKey = '/cse-sr/inst/leases/{DP}/cart-1/cart-1-a';

/** How instances hang on leases (spec 02 §1.3 and §1.4). */
export function describeInstanceStorage(it: KvBackendTest): void {
  describe('instances', () => {
    it('gives others a turn every thousand instances of a list', async ({ servers }) => {
      const { tenant, kv, backend } = servers;
      for (let start = 0; start < 4000; start += 100) {
        await kv.commit({
          compares: [],
          success: Array.from({ length: 100 }, (_, index) => {
            const instance = sampleInstance({ instanceId: `i${start + index}` });
            const { serviceId, instanceId } = instance;
            const key = servers.key(`/cse-sr/inst/files/{DP}/${serviceId}/${instanceId}`);
            return { kind: 'put', key, value: encodeMicroServiceInstance(instance) };
          }),
        });
      }
      let turns = 0;
      const listed = new AbortController();
      const list = backend.instances.list(tenant, 'cart-1').finally(() => {
        listed.abort();
      });
      while (!listed.signal.aborted) {
        await nextTurn();
        turns++;
      }

      expect(await list).toHaveLength(4000);
      expect(turns).toBeGreaterThanOrEqual(3);
    });

    it('hang with both keys on one lease, whose id is stored', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      const lease = await servers.leaseOf();

      expect(lease).not.toBe(0n);
      expect(await leases(servers)).toEqual([lease, lease]);
      expect(await servers.kv.renewLease(lease)).toBe(120);
    });

    it('outlive the refusal of a registration that was written and is repeated', async ({
      servers,
    }) => {
      await servers.registerService();
      const connection = new LostAnswers(servers.kv);
      const cutOff = new KvBackend({
        kind: 'test',
        store: connection,
        clock: new SystemClock(),
      });
      const refusal = servers.registerInstance({}, 120, cutOff);
      await expect(refusal).rejects.toMatchObject({ errorName: 'unavailableBackend' });
      expect((await servers.registerInstance()).outcome).toBe('renewed');

      await connection.deliver();
      expect(await servers.value(fileKey)).toBeDefined();
      await cutOff.close();
    });

    it('stay on their lease when they change', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      const lease = await servers.leaseOf();
      const key = { tenant: servers.tenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };
      await servers.backend.instances.updateStatus(key, 'DOWN', '1700000060');
      await servers.registerInstance({ hostName: 'node-8' });

      expect(await servers.leaseOf()).toBe(lease);
      expect(await leases(servers)).toEqual([lease, lease]);
    });

    it('stay on their leases when many change', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      await servers.putRaw(`${fileKey}-alone`, '{"instanceId":"cart-1-a-alone","status":"UP"}');
      await servers.putRaw(`${fileKey}-broken`, '{');
      const lease = await servers.leaseOf();
      const { instances } = servers.backend;
      await instances.updateStatusWhere(servers.tenant, emptyStringMap, 'DOWN');

      expect(await leases(servers)).toEqual([lease, lease]);
      expect(await servers.value(fileKey)).toContain(
        '"status":"DOWN","healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1700000005","modTimestamp":"1700000005"',
      );
      const alone = await servers.kv.get(servers.key(`${fileKey}-alone`));
      expect(alone).toMatchObject({ lease: 0n, version: 2n });
      expect(await servers.value(`${fileKey}-broken`)).toBe('{');
    });

    it('move to a lease of their own when the time to live changes', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      const before = await servers.leaseOf();
      const moved = await servers.registerInstance({}, 240);
      const after = await servers.leaseOf();

      expect(moved.outcome).toBe('updated');
      expect(after).not.toBe(before);
      expect(await leases(servers)).toEqual([after, after]);
      expect(await servers.kv.renewLease(before)).toBeUndefined();
      expect(await servers.kv.renewLease(after)).toBe(240);
    });

    it('that cannot be stored leave no lease behind', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      await servers.backend.services.delete(servers.tenant, 'cart-1', false);
      const refused = servers.registerInstance();

      await expect(refused).rejects.toSatisfy((error) =>
        ServiceCenterError.is(error, 'serviceNotExists'),
      );
      expect(await leases(servers)).toEqual([undefined, undefined]);
    });

    it('that cannot be read are replaced by a registration of their id', async ({ servers }) => {
      await servers.registerService();
      await servers.registerInstance();
      const before = await servers.leaseOf();
      await servers.putRaw(fileKey, '{');
      const again = await servers.registerInstance();

      expect(again.outcome).toBe('created');
      expect(await leases(servers)).toEqual([await servers.leaseOf(), await servers.leaseOf()]);
      expect(await servers.kv.renewLease(before)).toBeUndefined();
    });

    it('cannot be renewed or removed when their lease key holds no lease', async ({ servers }) => {
      await servers.registerService();
      await servers.putRaw(fileKey, '{"instanceId":"cart-1-a","serviceId":"cart-1"}');
      await servers.putRaw(leaseKey, 'none');
      const key = { tenant: servers.tenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };
      const { instances } = servers.backend;
      const calls = [
        instances.renew(key),
        instances.unregister(key),
        instances.updateStatus(key, 'UP', '1700000060'),
      ];

      for (const outcome of await Promise.allSettled(calls)) {
        const reason: unknown = outcome.status === 'rejected' && outcome.reason;
        expect(ServiceCenterError.is(reason, 'instanceNotExists')).toBe(true);
      }
    });
  });
}

/** The leases that the two keys of the sample instance hang on. */
async function leases(servers: KvBackendFixture): Promise<readonly (bigint | undefined)[]> {
  const records = await Promise.all(
    [fileKey, leaseKey].map((pattern) => servers.kv.get(servers.key(pattern))),
  );
  return records.map((record) => record?.lease);
}
