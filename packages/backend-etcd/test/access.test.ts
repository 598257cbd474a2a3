import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KvTransaction } from '@service-center/backend-kv';
import { ServiceCenterError } from '@service-center/sdcommon';
import { createEtcdTls, EtcdCluster, EtcdNode } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { LogLines } from './log-lines.ts';
import { openStore, put, startEtcd } from './test-etcd.ts';

const user = { name: 'registry', password: 'not-a-secret' };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('is encrypted, and both sides show who they are', async () => {
  const tls = { ...(await createEtcdTls(directory)), requiresClientCertificate: true };
  await using etcd = await EtcdNode.start({ tls, flags: ['--unsafe-no-fsync'] });
  const ca = await readFile(tls.caFile);
  const client = { key: await readFile(tls.keyFile), certificate: await readFile(tls.certFile) };
  await using store = await openStore([etcd.url], { tls: { ca, client } });
  await put(store, '/cse-sr/a', '1');

  expect((await store.get('/cse-sr/a'))?.value).toBe('1');
  const lease = await store.grantLease(60);
  expect(await store.renewLease(lease.id)).toBe(60);
  const lone = { dialTimeoutMs: 1000 };
  await expect(openStore([etcd.url], { tls: { ca }, ...lone })).rejects.toThrow(ServiceCenterError);
  await expect(openStore([etcd.url], { tls: { client }, ...lone })).rejects.toThrow(
    ServiceCenterError,
  );
});

it('is refused without the right password, which is never told', async () => {
  await using etcd = await startEtcd();
  await requireUser(etcd);
  const opening = openStore([etcd.url], { user: { ...user, password: 'wrong-one' } });

  await expect(opening).rejects.toThrow(/^(?!.*wrong-one)/);
  await expect(openStore([etcd.url])).rejects.toThrow(ServiceCenterError);
});

it('goes on with a new token when the old one is no longer known', async () => {
  await using etcd = await startEtcd();
  await requireUser(etcd);
  await using store = await openStore([etcd.url], { user });
  const revision = await put(store, '/cse-sr/a', '1');
  // Tokens are kept in memory only.
  await etcd.restart();
  await expect.poll(() => store.get('/cse-sr/a').then((record) => record?.value)).toBe('1');

  const lease = await store.grantLease(60);
  expect(await store.renewLease(lease.id)).toBe(60);

  const { signal } = new AbortController();
  const seen: bigint[] = [];
  store.watch({ prefix: '/cse-sr/', afterRevision: revision, signal }).subscribe((batch) => {
    seen.push(batch.revision);
  });
  const next = await put(store, '/cse-sr/a', '2');
  await expect.poll(() => seen).toEqual([next]);
});

it('works for a user who may use the registry only, and says what comes late', async () => {
  await using etcd = await startEtcd();
  await requireUser(etcd, '/cse-sr/');
  const log = new LogLines();
  await using store = await openStore([etcd.url], { user, logger: log });
  const start = await put(store, '/cse-sr/a', '1');
  const { signal } = new AbortController();
  let reached = start;
  store.watch({ prefix: '/cse-sr/', afterRevision: start, signal }).subscribe(({ revision }) => {
    reached = revision;
  });
  await etcd.etcdctl('--user=root:root', 'put', '/foreign', 'x');
  await store.currentRevision();
  await expect.poll(() => log.lines.some(({ message }) => message.includes('all keys'))).toBe(true);
  const next = await put(store, '/cse-sr/a', '2');

  await expect.poll(() => reached).toBe(next);
});

it('does without a token where access control is not enabled', async () => {
  await using etcd = await startEtcd();
  const log = new LogLines();
  await using store = await openStore([etcd.url], { user, logger: log });
  await put(store, '/cse-sr/a', '1');

  expect(log.of('etcd: access control is not enabled')).toEqual([{ user: 'registry' }]);
});

it('learns members without a token', async () => {
  await using cluster = await EtcdCluster.start({ flags: ['--unsafe-no-fsync'] });
  const [first, ...others] = cluster.members;
  if (first === undefined) throw new Error('there is no member');
  await requireUser(first.node);
  const log = new LogLines();
  await using store = await openStore([first.url], {
    user,
    logger: log,
    memberSyncIntervalMs: 1000,
  });
  await put(store, '/cse-sr/a', '1');

  const learned = (): readonly string[] => {
    const endpoints = log.of('etcd: endpoints follow the members').at(-1)?.['endpoints'];
    return Array.isArray(endpoints) ? endpoints.slice(1).map(String).toSorted() : [];
  };
  const expected = others.map(({ node }) => new URL(node.url).host).toSorted();
  await expect.poll(learned, { timeout: 10_000 }).toEqual(expected);
});

it('shows no token to somebody else at the address of a member', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const somebody = createServer(({ headers }, response) => {
    asked.push(headers);
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers({ 'grpc-status': '0' });
    // An empty message, as from a server that knows nothing of clusters.
    response.end(Buffer.alloc(5));
  });
  await using listening = new AsyncDisposableStack();
  listening.defer(async () => {
    const closed = once(somebody, 'close');
    somebody.close();
    await closed;
  });
  somebody.listen(0, '127.0.0.1');
  await once(somebody, 'listening');
  const place = somebody.address();
  if (place === null || typeof place === 'string') throw new Error('there is no port');
  const url = `http://127.0.0.1:${place.port}`;
  await using cluster = await EtcdCluster.start({
    flags: ['--unsafe-no-fsync', `--advertise-client-urls=${url}`],
  });
  const [first] = cluster.members;
  if (first === undefined) throw new Error('there is no member');
  await requireUser(first.node);
  const log = new LogLines();
  await using store = await openStore([first.url], {
    user,
    logger: log,
    memberSyncIntervalMs: 1000,
  });
  await put(store, '/cse-sr/a', '1');

  const leftOut = { url: new URL(url).host, why: 'who answers there names no cluster' };
  await expect
    .poll(() => log.of("etcd: a member's address is not used"), { timeout: 10_000 })
    .toContainEqual(leftOut);
  expect(asked.map(({ ':path': path }) => path)).toContain('/etcdserverpb.Cluster/MemberList');
  for (const headers of asked) expect(headers).not.toHaveProperty('token');
});

it('logs in when access control is enabled later', async () => {
  await using etcd = await startEtcd();
  await using store = await openStore([etcd.url], { user });
  const lease = await store.grantLease(60);
  await put(store, '/cse-sr/a', '1', lease.id);
  await requireUser(etcd, '/cse-sr/');

  await put(store, '/cse-sr/a', '2', lease.id);
  expect(await store.renewLease(lease.id)).toBe(60);
});

it('lets nobody through who may not, in company of those who may', async () => {
  await using etcd = await startEtcd();
  await requireUser(etcd, '/cse-sr/');
  await etcd.etcdctl('--user=root:root', 'put', '/foreign', 'x');
  await using store = await openStore([etcd.url], { user });
  const foreign = '/foreign';
  const transactions: readonly Omit<KvTransaction, 'mayShareRevision'>[] = [
    { compares: [], success: [{ kind: 'put', key: '/cse-sr/a', value: '1' }] },
    { compares: [], success: [{ kind: 'put', key: foreign, value: '1' }] },
    { compares: [], success: [{ kind: 'put', key: '/cse-sr/b', value: '1' }] },
    {
      compares: [{ key: '/foreign/compared', target: 'version', operator: 'equal', operand: 0n }],
      success: [{ kind: 'put', key: '/cse-sr/c', value: '1' }],
    },
    {
      compares: [],
      success: [
        { kind: 'get', key: '/foreign/read' },
        { kind: 'put', key: '/cse-sr/d', value: '1' },
      ],
    },
  ];
  const outcomes = await Promise.allSettled(
    transactions.map((transaction) => store.commit({ ...transaction, mayShareRevision: true })),
  );

  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  const { records } = await store.range({ prefix: '/cse-sr/' });
  expect(records.map(({ key }) => key)).toEqual(['/cse-sr/a', '/cse-sr/b']);
  const stored = await etcd.etcdctl('--user=root:root', 'get', '--print-value-only', foreign);
  expect(stored.trim()).toBe('x');
});

/** Switches access control on; the user may use all keys, or those of a prefix. */
async function requireUser(etcd: EtcdNode, prefix = ''): Promise<void> {
  await etcd.etcdctl('user', 'add', 'root:root');
  await etcd.etcdctl('user', 'grant-role', 'root', 'root');
  await etcd.etcdctl('role', 'add', 'registry');
  await etcd.etcdctl('role', 'grant-permission', 'registry', '--prefix=true', 'readwrite', prefix);
  await etcd.etcdctl('user', 'add', `${user.name}:${user.password}`);
  await etcd.etcdctl('user', 'grant-role', user.name, 'registry');
  await etcd.etcdctl('auth', 'enable');
}
