import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EtcdKvStore, EtcdTls } from '@service-center/backend-etcd';
import { createEtcdTls, EtcdNode, type EtcdTls as EtcdTlsFiles } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openStore, put, startEtcd } from './test-etcd.ts';
import { TlsFront } from './tls-front.ts';

let directory: string;
let files: EtcdTlsFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tls-offer-'));
  files = await createEtcdTls(directory);
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('agrees on TLS 1.3 with etcd, when it has a cipher suite that etcd has', async () => {
  await using etcd = await EtcdNode.start({
    tls: files,
    flags: ['--unsafe-no-fsync', '--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  });
  await using store = await open(etcd.url, { minVersion: 'TLSv1.3' });
  await expectAllWorks(store);

  // Go has none of those with CCM.
  const ccm = open(etcd.url, { ciphers: ['TLS_AES_128_CCM_SHA256'] });
  await expect(ccm).rejects.toThrow(/cannot connect to any of .*handshake failure/s);
});

it('offers the cipher suites that it is given, on each of its connections', async () => {
  await using etcd = await startEtcd();
  await using front = await TlsFront.listen(etcd, files, 'ECDHE-ECDSA-AES128-GCM-SHA256');
  const ciphers = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'];
  await using store = await open(front.url, { ciphers });
  await expectAllWorks(store);
  expect(front.agreed.length).toBeGreaterThan(1);
  expect(new Set(front.agreed)).toEqual(new Set(['TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256']));

  const without = open(front.url, { ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384'] });
  await expect(without).rejects.toThrow(/cannot connect to any of .*handshake failure/s);
});

it('speaks nothing older than it is told', async () => {
  await using etcd = await startEtcd();
  await using front = await TlsFront.listen(etcd, files, 'ECDHE-ECDSA-AES128-GCM-SHA256');
  const opening = open(front.url, { minVersion: 'TLSv1.3' });
  await expect(opening).rejects.toThrow(/cannot connect to any of .*protocol version/s);

  await using store = await open(front.url, { minVersion: 'TLSv1.2' });
  await expectAllWorks(store);
});

async function open(url: string, offer: EtcdTls): Promise<EtcdKvStore> {
  const ca = await readFile(files.caFile);
  const client = {
    key: await readFile(files.keyFile),
    certificate: await readFile(files.certFile),
  };
  const tls = { ca, client, ...offer };
  return openStore([url], { tls, dialTimeoutMs: 1000 });
}

/** Calls and watches share a connection, renewals have their own. */
async function expectAllWorks(store: EtcdKvStore): Promise<void> {
  const { signal } = new AbortController();
  const seen: bigint[] = [];
  const afterRevision = await store.currentRevision();
  store.watch({ prefix: '/cse-sr/', afterRevision, signal }).subscribe(({ revision }) => {
    seen.push(revision);
  });
  const revision = await put(store, '/cse-sr/a', '1');
  await expect.poll(() => seen.at(-1)).toBe(revision);
  const { id } = await store.grantLease(60);
  expect(await store.renewLease(id)).toBe(60);
}
