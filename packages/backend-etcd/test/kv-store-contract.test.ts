import {
  describeKvBackend,
  describeKvStore,
  type KvStoreHarness,
  type KvStoreUnderTest,
} from '@service-center/backend-kv/testing';
import type { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { etcdLeases, openStore, realTime, startEtcd } from './test-etcd.ts';

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

async function open(): Promise<KvStoreUnderTest> {
  let store = await openStore([etcd.url]);
  return {
    get store() {
      return store;
    },
    time: realTime,
    async reopen() {
      await store.close();
      store = await openStore([etcd.url]);
    },
    async dispose() {
      await store.close();
    },
  };
}

const harness: KvStoreHarness = { features: { ...etcdLeases, reopens: true }, open };

describeKvStore('etcd', harness);
describeKvBackend('etcd', harness);
