import { createPrivateKey } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  createEtcdTls,
  EtcdNode,
  findFreePorts,
  RegistryClient,
  ServerProcess,
} from '@service-center/testbed';
import { expect, it } from 'vitest';

import { startCommand } from './support/command-run.ts';
import { etcdFlags, startEtcd, startOnEtcd } from './support/etcd-server.ts';
import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

it('runs with the file of the reference as it is', async () => {
  await using etcd = await startEtcd();
  await using server = await ServerProcess.start({
    flags: ['--config', join(import.meta.dirname, 'fixtures/conf/app.yaml')],
    environment: { REGISTRY_ETCD_CLUSTER_ENDPOINTS: etcd.url, APP_ROOT: directory() },
  });
  expect(server.output).toMatch(
    /^Service-Center \S+ is ready at http:\S+ with its data in etcd at http:\S+\n/,
  );
  expect(server.output).toContain(etcd.url);
  expect((await fetch(`${server.baseUrl}/health`)).status).toBe(200);
  const warnings = readFileSync(join(directory(), 'service-center.log'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('configuration keys without effect in this version: ');
  expect(warnings[0]).not.toContain('registry.etcd.cluster');
});

it('logs in, and shows the password to nobody', async () => {
  await using etcd = await startEtcd();
  await etcd.etcdctl('user', 'add', 'root:s3cret');
  await etcd.etcdctl('user', 'grant-role', 'root', 'root');
  await etcd.etcdctl('auth', 'enable');
  const { host } = new URL(etcd.url);
  await using server = await ServerProcess.start({
    flags: [...etcdFlags(`http://root:s3cret@${host}`), '--set', 'log.level=DEBUG'],
  });
  using client = new RegistryClient(server.baseUrl);
  await client.registerInstance(await client.registerService('cart'), 'cart-1');
  expect(server.output).toContain(`etcd at ${etcd.url}\n`);
  expect(server.output).not.toContain('s3cret');
});

it('uses TLS, with a certificate of its own whose key is encrypted', async () => {
  const tls = await createEtcdTls(directory());
  await using etcd = await EtcdNode.start({ tls: { ...tls, requiresClientCertificate: true } });
  const sslDirectory = join(directory(), 'ssl');
  mkdirSync(sslDirectory);
  copyFileSync(tls.caFile, join(sslDirectory, 'trust.cer'));
  copyFileSync(tls.certFile, join(sslDirectory, 'server.cer'));
  const key = createPrivateKey(readFileSync(tls.keyFile));
  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'pass phrase' };
  writeFileSync(
    join(sslDirectory, 'server_key.pem'),
    key.export({ type: 'pkcs8', format: 'pem', ...encrypted }),
  );
  writeFileSync(join(sslDirectory, 'cert_pwd'), `${encrypted.passphrase}\n`);
  // The certificate is for 127.0.0.1. With an authority of one's own its name does not matter.
  await using server = await ServerProcess.start({
    flags: etcdFlags(etcd.url.replace('127.0.0.1', 'localhost')),
    environment: { SSL_ROOT: sslDirectory },
  });
  using client = new RegistryClient(server.baseUrl);
  expect(await client.registerService('cart')).not.toBe('');
});

it('waits for its store, however long it is away', async () => {
  await using etcd = await EtcdNode.create();
  const server = startCommand([...etcdFlags(etcd.url), '--port', '0']);
  await expect
    .poll(server.error, { timeout: 20_000 })
    .toMatch(/"WARN".*trying again[^]*trying again/);
  expect(server.error()).toContain(`could not connect to etcd at ${etcd.url}`);
  await etcd.start();
  await expect
    .poll(() => etcd.etcdctl('get', '/cse-sr/sys'), { timeout: 20_000 })
    .toContain('version');
  server.signal('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
});

/** Starts an etcd that has no space left: it answers reads and refuses writes. */
async function startFullEtcd(): Promise<EtcdNode> {
  const quotaBytes = 4 * 1024 ** 2;
  const etcd = await EtcdNode.start({ flags: [`--quota-backend-bytes=${quotaBytes}`] });
  const filling = 'x'.repeat(100_000);
  const fill = async (): Promise<unknown> => etcd.etcdctl('put', 'filling', filling).then(() => '');
  await expect.poll(() => fill().catch(String), { timeout: 20_000 }).toContain('space exceeded');
  return etcd;
}

it('answers reads while its store takes no writes, and is ready when it does again', async () => {
  await using etcd = await startFullEtcd();
  const [port = 0] = await findFreePorts(1);
  const server = startCommand([...etcdFlags(etcd.url), '--port', String(port)]);
  await expect.poll(server.error, { timeout: 20_000 }).toContain('trying again');
  const found = await fetch(`http://127.0.0.1:${port}/v4/default/registry/microservices`);
  expect(found.status).toBe(200);

  const { revision } = await etcd.status();
  await etcd.etcdctl('compact', String(revision));
  await etcd.etcdctl('defrag');
  await etcd.etcdctl('alarm', 'disarm');
  await expect.poll(server.out, { timeout: 20_000 }).toContain('is ready at');
  server.signal('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
});

it('is stopped in order while its store is silent at the start', async () => {
  await using etcd = await startFullEtcd();
  const patience = ['--set', 'registry.etcd.request.timeout=30s'];
  const server = startCommand([...etcdFlags(etcd.url), '--port', '0', ...patience]);
  await expect.poll(server.error, { timeout: 20_000 }).toContain('trying again');
  etcd.pause();
  // The next attempt is under way by then, and would wait for half a minute.
  await sleep(3000);
  server.signal('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, out: '' });
  etcd.resume();
});

it('is stopped in order while its store is silent', async () => {
  await using etcd = await startEtcd();
  const patience = ['--set', 'registry.etcd.request.timeout=30s'];
  await using server = await startOnEtcd(etcd, { flags: patience });
  etcd.pause();
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  etcd.resume();
});

it('is stopped at once while it waits for its store', async () => {
  await using etcd = await EtcdNode.create();
  const server = startCommand([...etcdFlags(etcd.url), '--port', '0']);
  await expect.poll(server.error, { timeout: 20_000 }).toContain('trying again');
  const stoppedMs = performance.now();
  server.signal('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, out: '' });
  expect(performance.now() - stoppedMs).toBeLessThan(2000);
});

it('answers writes with the error of the registry while the store is away, and reads from memory', async () => {
  await using etcd = await startEtcd();
  await using server = await startOnEtcd(etcd, {
    flags: ['--set', 'registry.etcd.request.timeout=1s'],
  });
  using client = new RegistryClient(server.baseUrl);
  const serviceId = await client.registerService('cart');
  await client.registerInstance(serviceId, 'cart-1');
  await etcd.kill();
  const startedMs = performance.now();
  const answer = await client.send('POST', '/v4/default/registry/microservices', {
    service: { serviceName: 'late' },
  });
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(answer).toMatchObject({ status: 500 });
  expect(answer.body).toContain('"errorCode":"500011"');
  expect((await client.find('testbed', 'cart', '')).instances).toEqual(new Map([['cart-1', 'UP']]));
  await etcd.start();
  await expect
    .poll(() => client.registerService('late').catch(() => undefined), { timeout: 20_000 })
    .toBeTypeOf('string');
});
