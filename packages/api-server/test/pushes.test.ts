import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { defaultTenant, FieldReader, toStringMap } from '@service-center/sdcommon';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { assertDocumented } from './documented.ts';
import { exchange } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RegistrySocketClient } from './registry-socket-client.ts';
import { RunningServer } from './running-server.ts';
import { SseClient } from './sse-client.ts';
import { WatchClient } from './watch-client.ts';

const path = '/v4/default/admin/pushes';
const handshake =
  'Host: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** The times in a text under a name, in their order. */
function timesOf(text: string, name: string): readonly number[] {
  return Array.from(text.matchAll(new RegExp(`"${name}":([0-9.]+)`, 'g')), ([, time]) =>
    Number(time),
  );
}

describe('the trace of pushes', () => {
  let server: RunningServer;
  let client: RegistryClient;
  let consumerId: string;
  let providerId: string;
  let watcherPath: string;

  beforeEach(async () => {
    server = await RunningServer.start({ registryConfig: { subscriberQueueLimit: 5 } });
    client = new RegistryClient(server);
    consumerId = await client.registerService('consumer');
    providerId = await client.registerService('provider');
    watcherPath = `/v4/default/registry/microservices/${consumerId}/watcher`;
    const target = '/v4/default/registry/instances?appId=app&serviceName=provider';
    await exchange(server.port, { target, headers: { 'X-ConsumerId': consumerId } });
    await expect
      .poll(async () => (await client.call('GET', `/microservices/${consumerId}/providers`)).text())
      .toContain(providerId);
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const watch = (): Promise<WatchClient> =>
    new WatchClient(`ws://127.0.0.1:${server.port}${watcherPath}`).opened();
  const ask = async (query: string, domain = 'default'): Promise<string> => {
    const target = `${path}${query}`;
    const { status, headers, text } = await fetch(`${server.baseUrl}${target}`, {
      headers: { 'X-Domain-Name': domain },
    }).then(async (response) => ({
      status: response.status,
      headers: new Map(response.headers),
      text: await response.text(),
    }));
    assertDocumented({ method: 'GET', target, status, headers, body: text });
    return text;
  };

  it('shows one change with every subscriber of every channel and its times', async () => {
    const watchers = await Promise.all([watch(), watch()]);
    const sse = await SseClient.open({
      port: server.port,
      target: `/v4/default/registry/events?serviceId=${providerId}`,
    });
    const socket = await new RegistrySocketClient(server.baseUrl).connected();
    await socket.subscribe({ topics: [{ kind: 'consumer', serviceId: consumerId }] });
    await expect.poll(() => sse.events).toContain('synchronized');
    await expect.poll(() => socket.messagesOf('synchronized')).toHaveLength(1);

    const startedAt = Date.now();
    const instanceId = await client.registerInstance(providerId, 'host');
    await expect.poll(() => watchers.map(({ texts }) => texts.length)).toEqual([1, 1]);
    await expect.poll(() => sse.events.at(-1)).toBe('change');
    await expect.poll(() => socket.events.at(-1)?.[0]).toBe('change');
    const position = FieldReader.open(socket.messagesOf('change').at(-1)).text('position');
    socket.socket.emit('acknowledge', position);
    const query = `?instanceId=${instanceId}`;
    await expect.poll(() => ask(query)).toContain('"state":"acknowledged"');
    const text = await ask(query);

    expect(JSON.parse(text)).toMatchObject({
      pushes: [
        {
          action: 'CREATE',
          key: {
            tenant: 'default/default',
            appId: 'app',
            serviceName: 'provider',
            version: '1.0.0',
          },
          serviceId: providerId,
          instanceId,
          deliveries: [
            { channel: 'websocket', state: 'sent', consumerId },
            { channel: 'websocket', state: 'sent', consumerId },
            { channel: 'sse', state: 'sent' },
            { channel: 'socket.io', state: 'acknowledged' },
          ],
        },
      ],
      truncated: false,
    });
    const deliveredAt = ['queuedAt', 'sentAt'].map((name) => timesOf(text, name));
    expect(deliveredAt.map(({ length }) => length)).toEqual([4, 4]);
    const inOrder = ['committedAt', 'receivedAt', 'appliedAt', 'queuedAt', 'acknowledgedAt'];
    const times = inOrder.map((name) => timesOf(text, name)[0] ?? Number.NaN);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    // The wall clock shows whole milliseconds.
    expect(times[0]).toBeGreaterThan(startedAt - 5);
    expect(times.at(-1)).toBeLessThan(Date.now() + 5);
    const remotes = text.match(/"remote":"127\.0\.0\.1:\d+"/g) ?? [];
    expect(new Set(remotes).size).toBe(4);

    const [subscriber = ''] = /sse-\d+/.exec(text) ?? [];
    const own = await ask(`?subscriber=${subscriber}`);
    expect(own.match(/"subscriber":"[^"]+"/g)).toEqual([`"subscriber":"${subscriber}"`]);
    for (const { socket: watching } of watchers) watching.terminate();
    sse.close();
    socket.close();
    await expect.poll(() => server.registry.hub.size + server.registry.streams.size).toBe(0);
    const pending = server.metrics
      .collect()
      .find(({ spec }) => spec.name === 'notify_push_pending_total')?.samples;
    expect(pending?.map(({ value }) => value)).toEqual([0, 0, 0]);
  });

  it('shows what a reader that has stopped was not sent, and why, while others are', async () => {
    const stopped = await stoppedWatcher();
    const quick = await watch();
    const instanceId = await client.registerInstance(providerId, 'host');
    const { instances } = server.registry;
    // More than a client may send, so that the system's buffers are full soon.
    const large = 'x'.repeat(400_000);
    let text = '';
    let changes = 0;
    while (!text.includes('"reason":"slow"')) {
      const properties = toStringMap([
        ['large', large],
        ['round', String(changes++)],
      ]);
      await instances.updateProperties(
        { tenant: defaultTenant },
        providerId,
        instanceId,
        properties,
      );
      text = await ask('?limit=10');
    }

    await expect.poll(() => quick.texts.length).toBe(changes + 1);
    await expect
      .poll(async () => (await ask(`?instanceId=${instanceId}&limit=1000`)).split('"sent"').length)
      .toBeGreaterThan(changes + 1);
    const newest = await ask(`?instanceId=${instanceId}&limit=1`);
    expect(JSON.parse(newest)).toMatchObject({
      pushes: [{ deliveries: [{ state: 'queued' }, { state: 'sent' }] }],
      truncated: true,
    });
    stopped.destroy();
    await expect.poll(() => ask('?limit=1000')).toContain('"reason":"disconnected"');
    quick.socket.terminate();
  });

  it('shows pushes to their own tenant only', async () => {
    const watcher = await watch();
    await client.registerInstance(providerId, 'host');
    await expect.poll(() => watcher.texts.length).toBe(1);

    expect(await ask(`?serviceId=${providerId}`)).toContain('"CREATE"');
    expect(await ask(`?serviceId=${providerId}`, 'other')).toBe('{"pushes":[],"truncated":false}');
    watcher.socket.terminate();
  });

  it.each([
    ['serviceId=a%20b', 'ListPushesRequest.ServiceId'],
    ['instanceId=%2F', 'ListPushesRequest.InstanceId'],
    ['subscriber=websocket', 'ListPushesRequest.Subscriber'],
    ['subscriber=tcp-1', 'ListPushesRequest.Subscriber'],
    ['limit=0', 'ListPushesRequest.Limit'],
    ['limit=1e2', 'ListPushesRequest.Limit'],
    ['limit=1001', 'ListPushesRequest.Limit'],
  ])('refuses %s and names the field', async (query, field) => {
    const refusal = await ask(`?${query}`);
    expect(refusal).toContain('"errorCode":"400001"');
    expect(refusal).toContain(field);
  });

  async function stoppedWatcher(): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET ${watcherPath} HTTP/1.1\r\n${handshake}`);
    await once(socket, 'data');
    socket.pause();
    return socket;
  }
});
