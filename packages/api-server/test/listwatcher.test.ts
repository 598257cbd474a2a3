import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { exchange } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';
import { WatchClient } from './watch-client.ts';

describe('listing and watching', () => {
  let server: RunningServer;
  let client: RegistryClient;
  let consumerId: string;
  let providerId: string;

  beforeEach(async () => {
    server = await RunningServer.start();
    client = new RegistryClient(server);
    consumerId = await client.registerService('consumer');
    providerId = await client.registerService('provider');
    const target = '/v4/default/registry/instances?appId=app&serviceName=provider';
    await exchange(server.port, { target, headers: { 'X-ConsumerId': consumerId } });
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const listWatch = (serviceId: string, form = '/v4/default/registry'): WatchClient =>
    new WatchClient(`ws://127.0.0.1:${server.port}${form}/microservices/${serviceId}/listwatcher`);

  it.each(['/v4/default/registry', '/registry/v3'])(
    'shows what is there and then what happens (%s)',
    async (form) => {
      const instanceId = await client.registerInstance(providerId, 'host');
      const consumer = await listWatch(consumerId, form).opened();
      await client.call(
        'PUT',
        `/microservices/${providerId}/instances/${instanceId}/status?value=DOWN`,
      );

      await expect.poll(() => consumer.texts.length).toBe(2);
      const key = { appId: 'app', serviceName: 'provider', version: '1.0.0' };
      const [listed, changed] = consumer.texts.map((text): unknown => JSON.parse(text));
      expect(listed).toMatchObject({
        action: 'INIT',
        instance: { instanceId, serviceId: providerId, status: 'UP' },
      });
      expect(listed).toHaveProperty('key', key);
      expect(changed).toMatchObject({
        action: 'UPDATE',
        key: { tenant: 'default/default', ...key },
        instance: { instanceId, status: 'DOWN' },
      });
      consumer.socket.terminate();
    },
  );

  it('sends a list of any length to a client that reads slowly, and what happens meanwhile after it', async () => {
    const count = 1500;
    const properties = { padding: 'x'.repeat(4000) };
    const hosts = Array.from({ length: count }, (_, index) => `host-${index}`);
    for (let start = 0; start < count; start += 100) {
      await Promise.all(
        hosts.slice(start, start + 100).map((hostName) =>
          client.call('POST', `/microservices/${providerId}/instances`, {
            instance: { hostName, endpoints: [`rest://${hostName}:8080`], properties },
          }),
        ),
      );
    }
    const consumer = listWatch(consumerId);
    consumer.socket.once('open', () => {
      consumer.socket.pause();
    });
    await expect.poll(() => server.registry.hub.size).toBe(1);
    const late = await client.registerInstance(providerId, 'late');
    consumer.socket.resume();

    await expect.poll(() => consumer.texts.length, { timeout: 20_000 }).toBe(count + 1);
    expect(
      consumer.texts.slice(0, count).every((text) => text.startsWith('{"action":"INIT"')),
    ).toBe(true);
    expect(new Set(consumer.texts).size).toBe(count + 1);
    expect(JSON.parse(consumer.texts.at(-1) ?? '')).toMatchObject({
      action: 'CREATE',
      instance: { instanceId: late },
    });
    consumer.socket.terminate();
  });

  it('tells that an unknown service does not exist, and hangs up', async () => {
    const consumer = listWatch('none');
    expect(await consumer.closed).toMatchObject({ code: 1006 });
    expect(consumer.texts).toEqual(['service does not exist']);
  });
});
