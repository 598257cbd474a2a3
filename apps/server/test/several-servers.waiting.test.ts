import { RegistryClient, type ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { startEtcd, startOnEtcd } from './support/etcd-server.ts';
import { endpointOf, findServers } from './support/own-instances.ts';

/** What a server whose heartbeats have ended is registered for: an interval of 30 s, and three that may be missed. */
const ownLeaseMs = 120_000;

it('shows on one server what was written through the other', async () => {
  await using etcd = await startEtcd();
  await using first = await startOnEtcd(etcd);
  await using second = await startOnEtcd(etcd);
  using writer = new RegistryClient(first.baseUrl);
  using reader = new RegistryClient(second.baseUrl);
  const serviceId = await writer.registerService('cart');
  await writer.registerInstance(serviceId, 'cart-1');
  const seen = (): Promise<unknown> =>
    reader.find('testbed', 'cart', '').then(({ instances }) => [...instances]);
  await expect.poll(seen).toEqual([['cart-1', 'UP']]);

  // Who has seen the newer server's answer is not given an older one.
  const { revision } = await writer.find('testbed', 'cart', '');
  await writer.registerInstance(serviceId, 'cart-2');
  const newer = await writer.find('testbed', 'cart', revision);
  expect((await reader.find('testbed', 'cart', newer.revision)).isNotModified).toBe(true);

  const servers = await findServers(second.baseUrl);
  expect([...servers.keys()].toSorted()).toEqual(
    [endpointOf(first.baseUrl), endpointOf(second.baseUrl)].toSorted(),
  );
});

it('declares dependencies through one server, and reads them at the other', async () => {
  await using etcd = await startEtcd();
  await using first = await startOnEtcd(etcd);
  await using second = await startOnEtcd(etcd);
  using one = new RegistryClient(first.baseUrl);
  using other = new RegistryClient(second.baseUrl);
  const consumer = await one.registerService('shop');
  await one.registerService('cart');
  // Both servers see the queue; one of them works it off.
  for (const [index, client] of [one, other, one, other].entries()) {
    const answer = await client.send('PUT', '/v4/default/registry/dependencies', {
      dependencies: [
        {
          consumer: { appId: 'testbed', serviceName: 'shop', version: '1.0.0' },
          providers: [
            { appId: 'testbed', serviceName: index < 3 ? `early-${index}` : 'cart', version: '0+' },
          ],
        },
      ],
    });
    expect(answer.status).toBe(200);
  }
  const providers = async (client: RegistryClient): Promise<string> =>
    (await client.send('GET', `/v4/default/registry/microservices/${consumer}/providers`)).body;
  for (const client of [one, other]) {
    await expect
      .poll(() => providers(client), { timeout: 10_000 })
      .toContain('"serviceName":"cart"');
  }
  await expect
    .poll(() => etcd.etcdctl('get', '/cse-sr/ms/dep-queue/', '--prefix'), { timeout: 10_000 })
    .toBe('');
});

it(
  'goes on without a server that dies, which is forgotten when its lease is over',
  { timeout: ownLeaseMs + 60_000 },
  async () => {
    await using etcd = await startEtcd();
    await using first = await startOnEtcd(etcd);
    await using second = await startOnEtcd(etcd);
    using client = new RegistryClient(second.baseUrl);
    const shop = await client.registerService('shop');
    const cart = await client.registerService('cart');
    // A find makes the consumer a dependent, who is told of the provider's instances.
    await client.send(
      'GET',
      '/v4/default/registry/instances?appId=testbed&serviceName=cart&version=0%2B',
      undefined,
      { 'X-ConsumerId': shop },
    );
    await using watcher = new ReconnectingWatcher([first, second], shop);
    await expect.poll(() => watcher.connections, { timeout: 10_000 }).toBe(1);
    await expect
      .poll(
        async () => {
          await client.registerInstance(cart, 'cart-1');
          await client.send(
            'PUT',
            `/v4/default/registry/microservices/${cart}/instances/cart-1/properties`,
            { properties: { at: String(performance.now()) } },
          );
          return watcher.events.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);

    await first.end('SIGKILL');
    const diedMs = performance.now();
    await expect.poll(() => watcher.connections, { timeout: 10_000 }).toBe(2);
    await client.registerInstance(cart, 'cart-2');
    await expect.poll(() => watcher.events.join('\n'), { timeout: 10_000 }).toContain('cart-2');
    expect([...(await findServers(second.baseUrl)).keys()]).toContain(endpointOf(first.baseUrl));

    await expect
      .poll(async () => [...(await findServers(second.baseUrl)).keys()], {
        timeout: ownLeaseMs + 20_000,
        interval: 1000,
      })
      .toEqual([endpointOf(second.baseUrl)]);
    // The last heartbeat may be as old as the interval.
    expect(performance.now() - diedMs).toBeGreaterThan(ownLeaseMs - 31_000);
  },
);

/** A watcher as Go clients have it: when a server is gone it goes to the next one. */
class ReconnectingWatcher implements AsyncDisposable {
  readonly events: string[] = [];
  connections = 0;
  readonly #servers: readonly ServerProcess[];
  readonly #serviceId: string;
  #socket: WebSocket | undefined;
  #isClosed = false;

  constructor(servers: readonly ServerProcess[], serviceId: string) {
    this.#servers = servers;
    this.#serviceId = serviceId;
    this.#connect(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #connect(index: number): void {
    const server = this.#servers[index % this.#servers.length];
    const url = new URL(
      `/v4/default/registry/microservices/${this.#serviceId}/watcher`,
      server?.baseUrl.replace('http:', 'ws:'),
    );
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.connections++;
    });
    socket.addEventListener('message', ({ data }) => {
      this.events.push(String(data));
    });
    socket.addEventListener('close', () => {
      if (!this.#isClosed) this.#connect(index + 1);
    });
  }
}
