import { describeKvBackend, describeKvStore } from '@service-center/backend-kv/testing';
import { describeBackend } from '@service-center/sdcommon/testing';
import { EtcdCluster } from '@service-center/testbed';
import { afterAll, beforeAll } from 'vitest';

import { etcdFeatures, openBackendUnderTest, openKvStoreUnderTest } from './under-test.ts';

const leases = { minTtlSeconds: 2, expiryGraceMs: 2000, tellsCauses: false };

let cluster: EtcdCluster;
let opened = 0;

beforeAll(async () => {
  cluster = await EtcdCluster.start({ flags: ['--unsafe-no-fsync'] });
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Each store begins with another member, so that followers have their turn. */
function nextEndpoints(): readonly string[] {
  const first = opened++ % cluster.urls.length;
  return [...cluster.urls.slice(first), ...cluster.urls.slice(0, first)];
}

const harness = {
  features: { ...leases, reopens: true },
  open: () => openKvStoreUnderTest(nextEndpoints()),
};

describeKvStore('three etcd members', harness);
describeKvBackend('three etcd members', harness);
describeBackend('three etcd members', {
  features: { ...leases, ...etcdFeatures },
  open: () => openBackendUnderTest(nextEndpoints()),
});
