import {
  describeKvBackend,
  describeKvStore,
  type KvStoreHarness,
} from '@service-center/backend-kv/testing';
import type { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { etcdLeases, startEtcd } from './test-etcd.ts';
import { openKvStoreUnderTest } from './under-test.ts';

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

const harness: KvStoreHarness = {
  features: { ...etcdLeases, reopens: true },
  open: () => openKvStoreUnderTest([etcd.url]),
};

describeKvStore('etcd', harness);
describeKvBackend('etcd', harness);
