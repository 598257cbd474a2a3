import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';
import {
  streamChannels,
  streamedDomain,
  type StreamClient,
  type StreamQuery,
} from './stream-clients.ts';

const project: StreamQuery = { query: '', topics: [{ kind: 'project' }] };
const byName = (serviceName: string): StreamQuery => ({
  query: `?appId=app&serviceName=${serviceName}`,
  topics: [{ kind: 'provider', appId: 'app', serviceName }],
});

async function expectTold(client: StreamClient, told: readonly string[]): Promise<void> {
  await expect
    .poll(() => client.told().length, { timeout: 5000 })
    .toBeGreaterThanOrEqual(told.length);
  expect(client.told()).toEqual(told);
}

describe.each(streamChannels)('event streams over %s', (_name, open) => {
  let server: RunningServer;
  let registry: RegistryClient;
  let provider: string;
  let consumer: string;

  beforeEach(async () => {
    server = await RunningServer.start();
    registry = new RegistryClient(server, streamedDomain);
    provider = await registry.registerService('provider');
    consumer = await registry.registerService('consumer');
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const bothServices = ['reset new', 'INIT provider', 'INIT consumer', 'synchronized'];
  const oneService = ['reset new', 'INIT provider', 'synchronized'];

  it.each<[string, () => StreamQuery, readonly string[]]>([
    ['the project', () => project, bothServices],
    ['the domain', () => ({ query: '?scope=domain', topics: [{ kind: 'domain' }] }), bothServices],
    [
      'an application',
      () => ({ query: '?appId=app', topics: [{ kind: 'app', appId: 'app' }] }),
      bothServices,
    ],
    ['a provider by its name', () => byName('provider'), oneService],
    [
      'a service',
      () => ({
        query: `?serviceId=${provider}`,
        topics: [{ kind: 'service', serviceId: provider }],
      }),
      oneService,
    ],
    [
      'two services, in one stream',
      () => ({
        query: `?serviceId=${provider}&serviceId=${consumer}`,
        topics: [
          { kind: 'service', serviceId: provider },
          { kind: 'service', serviceId: consumer },
        ],
      }),
      bothServices,
    ],
  ])('list and follow %s', async (_topic, query, listed) => {
    const client = await open(server, query());
    await expect.poll(() => client.told().toSorted()).toEqual(listed.toSorted());
    const instance = await registry.registerInstance(provider, 'h');
    await registry.call(
      'PUT',
      `/microservices/${provider}/instances/${instance}/status?value=DOWN`,
    );
    await registry.call('DELETE', `/microservices/${provider}?force=true`);
    const followed = ['CREATE provider/h', 'UPDATE provider/h'];
    await expect.poll(() => client.told().length).toBe(listed.length + 4);
    expect(client.told().slice(listed.length, listed.length + 2)).toEqual(followed);
    expect(
      client
        .told()
        .slice(listed.length + 2)
        .toSorted(),
    ).toEqual(['DELETE provider', 'DELETE provider/h']);
    client.cut();
  });

  it('follow what a consumer depends on', async () => {
    await registry.registerInstance(provider, 'h');
    const wanted: StreamQuery = {
      query: `?consumerId=${consumer}`,
      topics: [{ kind: 'consumer', serviceId: consumer }],
    };
    const client = await open(server, wanted);
    await expectTold(client, ['reset new', 'synchronized']);
    await registry.call('PUT', '/dependencies', {
      dependencies: [
        {
          consumer: { appId: 'app', serviceName: 'consumer', version: '1.0.0' },
          providers: [{ appId: 'app', serviceName: 'provider', version: '0.0.0+' }],
        },
      ],
    });
    await expectTold(client, [
      'reset new',
      'synchronized',
      'reset viewChanged',
      'INIT provider',
      'INIT provider/h',
      'synchronized',
    ]);
    client.cut();
  });

  it('go on where a client was, without a snapshot', async () => {
    const before = await open(server, byName('provider'));
    await expectTold(before, oneService);
    before.cut();
    await registry.registerInstance(provider, 'h-1');
    await registry.registerInstance(consumer, 'of-another');
    await registry.registerInstance(provider, 'h-2');
    const after = await open(server, byName('provider'), before.position());
    await expectTold(after, ['CREATE provider/h-1', 'CREATE provider/h-2', 'synchronized']);
    await registry.registerInstance(provider, 'h-3');
    await expect.poll(() => after.told().at(-1)).toBe('CREATE provider/h-3');
    after.cut();
  });

  it('start over where a position is unknown', async () => {
    const client = await open(server, byName('provider'), 'AAAAAAAAAAAAAAAA.1');
    await expectTold(client, ['reset positionUnknown', 'INIT provider', 'synchronized']);
    client.cut();
  });

  it('leave nothing behind when a client hangs up in the middle of a snapshot', async () => {
    for (let index = 0; index < 200; index++)
      await registry.registerInstance(provider, `h-${index}`);
    for (let time = 0; time < 10; time++) {
      const client = await open(server, project);
      client.cut();
    }
    await expect.poll(() => server.registry.streams.size).toBe(0);
    expect(server.api.sseCount + server.api.socketIoCount).toBe(0);
  });

  it('serve many clients that come at once', { timeout: 60_000 }, async () => {
    const count = 300;
    const clients = await Promise.all(
      Array.from({ length: count }, () => open(server, byName('provider'))),
    );
    expect(server.registry.streams.size).toBe(count);
    await registry.registerInstance(provider, 'h');
    await expect
      .poll(() => clients.every((client) => client.told().at(-1) === 'CREATE provider/h'), {
        timeout: 20_000,
      })
      .toBe(true);
    for (const client of clients) {
      expect(client.told()).toEqual([...oneService, 'CREATE provider/h']);
      client.cut();
    }
    await expect.poll(() => server.registry.streams.size, { timeout: 20_000 }).toBe(0);
  });

  it('say goodbye when the server stops', async () => {
    const client = await open(server, byName('provider'));
    await expectTold(client, oneService);
    await server.api.close({ graceMs: 5000 });
    await expectTold(client, [...oneService, 'leave shutdown']);
    expect(server.registry.streams.size).toBe(0);
  });
});
