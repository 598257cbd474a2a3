import { describeKvStore, type KvStoreUnderTest } from '@service-center/backend-kv/testing';
import { EtcdCluster } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { openStore, realTime } from './test-etcd.ts';

let cluster: EtcdCluster;
let opened = 0;

beforeAll(async () => {
  cluster = await EtcdCluster.start({ flags: ['--unsafe-no-fsync'] });
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function open(): Promise<KvStoreUnderTest> {
  // Each store begins with another member, so that followers have their turn.
  const first = opened++ % cluster.urls.length;
  const endpoints = [...cluster.urls.slice(first), ...cluster.urls.slice(0, first)];
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

describeKvStore('three etcd members', {
  features: { minTtlSeconds: 2, expiryGraceMs: 2000, tellsCauses: false, reopens: true },
  open,
});
