import type { EtcdKvStore } from '@service-center/backend-etcd';
import { KvBackend } from '@service-center/backend-kv';
import type { KvStoreUnderTest } from '@service-center/backend-kv/testing';
import { SystemClock } from '@service-center/sdcommon';
import type { BackendFeatures, BackendUnderTest } from '@service-center/sdcommon/testing';

import { empty, openStore, realTime } from './test-etcd.ts';

/** What every backend on etcd can do, besides its leases. */
export const etcdFeatures = {
  compacts: true,
  keepsHistory: true,
  scriptRuns: 5,
  malformedKeys: [
    { type: 'SERVICE', key: '/cse-sr/ms/files/lonely' },
    { type: 'SERVICE_INDEX', key: '/cse-sr/ms/indexes/d/p/1.0.0' },
    { type: 'INSTANCE', key: '/cse-sr/inst/files/d/p' },
  ],
} as const satisfies Partial<BackendFeatures>;

/** A store as the suites of stores want it. */
export async function openKvStoreUnderTest(
  endpoints: readonly string[],
): Promise<KvStoreUnderTest> {
  let store = await openStore(endpoints);
  return {
    get store() {
      return store;
    },
    time: realTime,
    async reopen() {
      await store.close();
      store = await openStore(endpoints);
    },
    async dispose() {
      await store.close();
    },
  };
}

/** A backend as the suite of backends wants it, on a store without any keys. */
export async function openBackendUnderTest(
  endpoints: readonly string[],
): Promise<BackendUnderTest> {
  let store = await openStore(endpoints);
  await empty(store);
  let backend = backendOn(store);
  return {
    get backend() {
      return backend;
    },
    time: realTime,
    async putRaw(key, value) {
      await store.commit({ compares: [], success: [{ kind: 'put', key, value }] });
    },
    compact: (before) => store.compact(before.order),
    async reopen() {
      await backend.close();
      store = await openStore(endpoints);
      backend = backendOn(store);
    },
    async dispose() {
      await backend.close();
    },
  };
}

function backendOn(store: EtcdKvStore): KvBackend {
  return new KvBackend({ kind: 'etcd', store, clock: new SystemClock() });
}
