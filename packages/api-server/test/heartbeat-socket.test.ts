import { expect, it } from 'vitest';

import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';
import { WatchClient } from './watch-client.ts';

it('keeps an instance alive over a websocket until it is gone', async () => {
  await using server = await RunningServer.start({ config: { heartbeatPingIntervalMs: 1000 } });
  const client = new RegistryClient(server);
  const serviceId = await client.registerService('provider');
  const instanceId = await client.registerInstance(serviceId, 'host');
  const instance = `/microservices/${serviceId}/instances/${instanceId}`;
  const metric = (name: string): unknown =>
    server.metrics.collect().find(({ spec }) => spec.name === name)?.samples[0]?.value;

  const path = `/v4/default/registry${instance}/heartbeat`;
  const beating = await new WatchClient(`ws://127.0.0.1:${server.port}${path}`).opened();
  expect(metric('notify_subscriber_total')).toBe(1);
  const before = metric('db_heartbeat_total');
  await expect.poll(() => metric('db_heartbeat_total'), { timeout: 10_000 }).not.toEqual(before);
  expect(beating.socket.readyState).toBe(beating.socket.OPEN);

  await client.call('DELETE', instance);
  expect(await beating.closed).toEqual({
    code: 4001,
    reason: 'heartbeat reporting failed because the instance does not exist',
  });
  await expect.poll(() => metric('notify_subscriber_total')).toBe(0);
});
