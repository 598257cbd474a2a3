import type { EtcdKvStore } from '@service-center/backend-etcd';
import { KvBackend } from '@service-center/backend-kv';
import { SystemClock } from '@service-center/sdcommon';
import { describeBackend, type BackendUnderTest } from '@service-center/sdcommon/testing';
import type { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { empty, etcdLeases, openStore, realTime, startEtcd } from './test-etcd.ts';

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

async function open(): Promise<BackendUnderTest> {
  let store = await openStore([etcd.url]);
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
      store = await openStore([etcd.url]);
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

describeBackend('etcd', {
  features: {
    ...etcdLeases,
    compacts: true,
    keepsHistory: true,
    scriptRuns: 5,
    malformedKeys: [
      { type: 'SERVICE', key: '/cse-sr/ms/files/lonely' },
      { type: 'SERVICE_INDEX', key: '/cse-sr/ms/indexes/d/p/1.0.0' },
      { type: 'INSTANCE', key: '/cse-sr/inst/files/d/p' },
    ],
  },
  open,
});
