import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PausingRelay } from './pausing-relay.ts';

let server: Server;
let accepted: Promise<Socket>;
let relay: PausingRelay;
let client: Socket;
let received: string;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  accepted = once(server, 'connection').then(([socket]: Socket[]) => {
    if (socket === undefined) throw new Error('no connection');
    return socket;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  relay = await PausingRelay.open(new URL(`http://127.0.0.1:${address.port}`));
  received = '';
  client = connect(Number(new URL(relay.baseUrl).port), '127.0.0.1');
  client.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
  });
});

afterEach(async () => {
  client.destroy();
  await relay[Symbol.asyncDispose]();
  server.close();
  await once(server, 'close');
});

describe('a relay', () => {
  it('carries both directions', async () => {
    const upstream = await accepted;
    let carried = '';
    upstream.setEncoding('utf8').on('data', (chunk: string) => {
      carried += chunk;
    });
    client.write('there');
    await once(upstream, 'data');
    expect(carried).toBe('there');
    upstream.write('back');
    await once(client, 'data');
    expect(received).toBe('back');
  });

  it('lets the server feel that nobody reads while it pauses, and loses nothing', async () => {
    const upstream = await accepted;
    relay.pause();
    const block = 'x'.repeat(1024 * 1024);
    let written = 0;
    // The buffers of the system take a few MB; a reader would let this go on for ever.
    while (upstream.write(block) || upstream.writableLength < block.length) {
      written++;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(received).toBe('');
    relay.resume();
    await once(upstream, 'drain');
    upstream.end();
    await once(client, 'end');
    expect(received).toHaveLength((written + 1) * block.length);
  });

  it('tears connections down at both ends', async () => {
    const upstream = await accepted;
    const closed = Promise.all([once(upstream, 'close'), once(client, 'close')]);
    upstream.resume();
    relay.cut();
    await closed;
    expect(client.destroyed).toBe(true);
  });
});
