import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createEtcdTls,
  dumpKeys,
  EtcdCluster,
  EtcdNode,
  renderKeyDump,
} from '@service-center/testbed';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'etcd-store-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('a snapshot', () => {
  it('takes a node back to an older revision of the same cluster', async () => {
    await using node = await EtcdNode.start();
    const file = join(directory, 'snapshot');
    await node.etcdctl('put', 'a', 'old');
    const { clusterId, revision } = await node.status();
    await node.saveSnapshot(file);
    await node.etcdctl('put', 'a', 'new');
    await expect(node.restoreSnapshot(file)).rejects.toThrow('has to be stopped');
    await node.stop();
    await node.restoreSnapshot(file);
    await node.start();
    expect(await node.status()).toMatchObject({ clusterId, revision });
    expect(await node.etcdctl('get', '--print-value-only', 'a')).toBe('old\n');
  });

  it('takes a whole cluster back', async () => {
    await using cluster = await EtcdCluster.start();
    const file = join(directory, 'snapshot');
    const { node } = await cluster.waitForLeader();
    await node.etcdctl('put', 'a', 'old');
    await node.saveSnapshot(file);
    await node.etcdctl('put', 'a', 'new');
    await cluster.restoreSnapshot(file);
    for (const member of cluster.members) {
      expect(await member.node.etcdctl('get', '--print-value-only', 'a')).toBe('old\n');
    }
  });
});

describe('the keys of a store', () => {
  it('are dumped with their revisions and leases, also beyond a page', async () => {
    await using node = await EtcdNode.start();
    const { gateway } = node;
    const put = (key: Buffer, value: string, lease = '0'): Promise<unknown> =>
      gateway.call('/v3/kv/put', {
        key: key.toString('base64'),
        value: Buffer.from(value).toString('base64'),
        lease,
      });
    const lease = (2n ** 62n).toString();
    await gateway.call('/v3/lease/grant', { ID: lease, TTL: '600' });
    await put(Buffer.from('/cse/b'), 'first');
    await put(Buffer.from('/cse/b'), 'second', lease);
    await put(Buffer.from([0x2f, 0x63, 0x73, 0x65, 0x2f, 0xff]), '');
    await put(Buffer.from('/csf'), 'of somebody else');
    const dump = await dumpKeys(gateway, '/cse/');
    expect(dump.revision).toBe(5n);
    expect(renderKeyDump(dump)).toBe(
      `/cse/b created 2 modified 3 version 2 lease ${lease}\n  second\n` +
        'base64:L2NzZS// created 4 modified 4 version 1 lease 0\n  \n',
    );
    for (let key = 0; key < 1100; key++) await put(Buffer.from(`/many/${key}`), 'x');
    const keys = (await dumpKeys(gateway, '')).keys.map(({ key }) => key);
    expect(keys).toHaveLength(1103);
    expect(new Set(keys).size).toBe(1103);
  });

  it('lose their history when they are compacted', async () => {
    await using node = await EtcdNode.start();
    for (const value of ['1', '2', '3']) await node.etcdctl('put', 'a', value);
    await node.gateway.compact(3n);
    expect(await node.etcdctl('get', '--rev=3', '--print-value-only', 'a')).toBe('2\n');
    await expect(node.etcdctl('get', '--rev=2', 'a')).rejects.toThrow('has been compacted');
    await expect(node.gateway.compact(3n)).rejects.toThrow('has been compacted');
  });
});

it('a node serves over TLS, and turns away clients without a certificate', async () => {
  const tls = await createEtcdTls(directory);
  await using node = await EtcdNode.start({ tls: { ...tls, requiresClientCertificate: true } });
  expect(node.url).toMatch(/^https:/);
  await node.etcdctl('put', 'a', '1');
  expect((await dumpKeys(node.gateway, '')).keys).toMatchObject([{ key: 'a', value: '1' }]);
  await using open = await EtcdNode.start({ tls });
  expect(await open.gateway.isHealthy()).toBe(true);
  await expect(fetch(`${node.url}/health`)).rejects.toThrow('fetch failed');
});
