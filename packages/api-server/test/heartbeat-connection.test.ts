import { once } from 'node:events';

import { ServiceCenterError } from '@service-center/sdcommon';
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayServer, type GatewayClient } from './gateway-server.ts';

const path = '/v4/default/registry/microservices/s/instances/i/heartbeat';
const gone = {
  code: 4001,
  reason: 'heartbeat reporting failed because the instance does not exist',
};

describe('a websocket of heartbeats', () => {
  let server: GatewayServer;

  const start = async (pingIntervalMs?: number): Promise<void> => {
    server = await GatewayServer.start(pingIntervalMs);
  };
  const opened = async (autoPong?: boolean): Promise<GatewayClient> => {
    const client = server.open(path, autoPong);
    await once(client.socket, 'open');
    return client;
  };
  /** The answer to one Ping has arrived and is worked off. */
  const beaten = async (count: number): Promise<void> => {
    await expect.poll(() => server.renewed.length).toBe(count);
    await server.gateway.settled();
  };

  afterEach(() => {
    server.stop();
  });

  it('is pinged at its interval, and each Pong renews the lease', async () => {
    await start(5000);
    const client = await opened();
    expect(server.renewed).toEqual([]);
    await server.pass(4.5);
    expect(client.events).toEqual([]);
    for (let count = 1; count <= 3; count++) {
      await server.pass(count === 1 ? 0.5 : 5);
      await beaten(count);
    }
    expect(client.events).toEqual(['ping', 'ping', 'ping']);
    expect(new Set(server.renewed)).toEqual(new Set(['default/default/s/i']));
  });

  it('is closed with 4001 once its instance is gone, and not pinged any more', async () => {
    await start(1000);
    const client = await opened();
    server.renew = () => Promise.reject(new ServiceCenterError('instanceNotExists'));
    await server.pass(1);
    expect(await client.closed).toEqual(gone);
    expect(client.events).toEqual(['ping']);
    await expect.poll(() => server.gateway.size).toBe(0);
    expect(server.counted).toBe(0);
  });

  it.each(['instanceNotExists', 'invalidParameters'] as const)(
    'is closed with 4001 at once when the store does not know it either (%s)',
    async (errorName) => {
      await start();
      server.isInstanceKnown = false;
      server.renew = () => Promise.reject(new ServiceCenterError(errorName));
      expect(await server.open(path).closed).toEqual(gone);
    },
  );

  it('stays when the store knows what memory does not know yet', async () => {
    await start();
    server.isInstanceKnown = false;
    await opened();
    await beaten(1);
    await server.pass(10);
    expect(server.gateway.size).toBe(1);
  });

  it('stays while the store cannot be asked', async () => {
    await start(1000);
    const client = await opened();
    server.renew = () => Promise.reject(new ServiceCenterError('unavailableBackend'));
    for (let count = 1; count <= 3; count++) {
      await server.pass(1);
      await beaten(count);
    }
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('is cut when it answers no Ping for 120 s, whatever else it sends', async () => {
    await start();
    const client = await opened(false);
    for (let half = 0; half < 239; half++) await server.pass(0.5);
    const { promise: echo, resolve } = Promise.withResolvers<string>();
    client.socket.once('pong', (payload) => {
      resolve(payload.toString());
    });
    client.socket.ping('still here');
    expect(await echo).toBe('still here');
    expect(server.gateway.size).toBe(1);
    await server.pass(0.5);
    expect((await client.closed).code).toBe(1006);
    expect(client.events).toHaveLength(3);
    expect(server.renewed).toEqual([]);
  });

  it('may be pinged less often than every 120 s', async () => {
    await start(600_000);
    const client = await opened();
    await server.pass(600);
    await beaten(1);
    await server.pass(600);
    await beaten(2);
    expect(client.events).toEqual(['ping', 'ping']);
  });

  it('renews once at a time, however many Pongs come', async () => {
    await start();
    const renewal = Promise.withResolvers<void>();
    server.renew = () => renewal.promise;
    const client = await opened();
    for (let count = 0; count < 20; count++) client.socket.pong();
    client.socket.ping();
    await once(client.socket, 'pong');
    expect(server.renewed).toHaveLength(1);
    renewal.resolve();
    await server.gateway.settled();
    client.socket.pong();
    await beaten(2);
  });

  it('echoes a Close, and is asked to go when the server stops', async () => {
    await start();
    const leaving = await opened();
    leaving.socket.close(1000);
    expect((await leaving.closed).code).toBe(1000);
    const staying = await opened();
    expect(server.counted).toBe(1);
    server.gateway.close();
    expect((await staying.closed).code).toBe(1001);
    await expect.poll(() => server.clock.pendingTimers).toBe(0);
    expect(server.counted).toBe(0);
  });

  it('is cut when it does not go', async () => {
    await start();
    const { socket } = await opened();
    server.renew = () => Promise.reject(new ServiceCenterError('instanceNotExists'));
    socket.pause();
    socket.pong();
    await beaten(1);
    await server.pass(4.5);
    expect(server.gateway.size).toBe(1);
    await server.pass(0.5);
    await expect.poll(() => server.gateway.size).toBe(0);
    socket.terminate();
  });
});
