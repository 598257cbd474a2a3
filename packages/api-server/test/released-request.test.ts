import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EventStreamServer } from './event-stream-server.ts';
import { RegistrySocketClient } from './registry-socket-client.ts';

describe('the request of a websocket of socket.io', () => {
  let server: EventStreamServer;

  beforeEach(async () => {
    server = await EventStreamServer.start();
  });

  afterEach(async () => {
    await server.stop();
  });

  it('is let go of while the connection goes on', async () => {
    const upgrades: WeakRef<IncomingMessage>[] = [];
    server.onUpgrade = (request) => upgrades.push(new WeakRef(request));
    const client = new RegistrySocketClient(server.baseUrl, { transports: ['websocket'] });
    await client.connected();
    await client.subscribe({ topics: [{ kind: 'project' }] });
    expect(upgrades.length).toBe(1);
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('garbage cannot be collected on demand');
    const isHeld = (): boolean => {
      Reflect.apply(collect, undefined, []);
      return upgrades.some((upgrade) => upgrade.deref() !== undefined);
    };
    await expect.poll(isHeld).toBe(false);
    expect(server.socketIo.size).toBe(1);
    client.close();
  });
});
