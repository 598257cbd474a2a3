import { describeBackend } from '@service-center/sdcommon/testing';
import type { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { etcdLeases, startEtcd } from './test-etcd.ts';
import { etcdFeatures, openBackendUnderTest } from './under-test.ts';

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

describeBackend('etcd', {
  features: { ...etcdLeases, ...etcdFeatures },
  open: () => openBackendUnderTest([etcd.url]),
});
