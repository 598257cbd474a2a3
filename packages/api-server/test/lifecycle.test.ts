import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Server } from 'node:http';
import { connect } from 'node:net';

import { MetricRegistry, silentLogger, SystemClock } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { ApiServer } from '../src/index.ts';
import { exchange } from './raw-http.ts';
import { RunningServer } from './running-server.ts';

const body = '{"service":{"serviceName":"late"}}';
const head = `POST /v4/default/registry/microservices HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`;

describe('ApiServer', () => {
  it('says when its port is taken', async () => {
    await using server = await RunningServer.start();
    await using second = new ApiServer({
      registry: server.registry,
      clock: new SystemClock(),
      logger: silentLogger,
      metrics: new MetricRegistry(),
      version: { version: '0.1.0', buildTag: 'test' },
    });
    const listening = second.listen({ host: '127.0.0.1', port: server.port });
    await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('goes on when the system could not accept a connection', async () => {
    await using server = await RunningServer.start();
    const listener = await listenerOf(server);
    listener.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    const response = await fetch(`${server.baseUrl}/v4/default/registry/version`);
    expect(response.status).toBe(200);
  });

  it('answers what is under way before it stops', async () => {
    await using server = await RunningServer.start();
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text.toString();
    });
    socket.write(head);
    await expect.poll(() => answer).toContain('100 Continue');
    const closing = server.api.close({ graceMs: 10_000 });
    await expect.poll(() => isRefused(server.port)).toBe(true);
    socket.write(body);
    await once(socket, 'end');
    socket.end();
    await closing;
    expect(answer).toContain('HTTP/1.1 200 OK\r\n');
    expect(answer).toContain('Connection: close');
  });

  it('cuts what does not end in time', async () => {
    await using server = await RunningServer.start();
    const socket = connect(server.port, '127.0.0.1');
    const cut = Promise.race([once(socket, 'error'), once(socket, 'close')]);
    socket.write(head);
    await once(socket, 'data');
    await server.api.close({ graceMs: 50 });
    await cut;
    expect(socket.destroyed || socket.readableEnded).toBe(true);
  });

  it('does not wait for connections without a request', async () => {
    await using server = await RunningServer.start();
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /version HTTP/1.1\r\nHost: t\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket, 'end');
    await server.api.close({ graceMs: 60_000 });
    await ended;
    expect(socket.readableEnded).toBe(true);
    socket.end();
  });

  it('reports answers to its hooks', async () => {
    const entries: unknown[] = [];
    await using server = await RunningServer.start({
      hooks: { onAccess: (entry) => entries.push(entry) },
    });
    await exchange(server.port, {
      target: '/version?x=1',
      headers: { 'X-Forwarded-For': 'unknown, 127.0.0.1, 10.0.0.9, 10.0.0.8' },
    });
    await exchange(server.port, {
      method: 'PUT',
      target: '/v4/default/registry/microservices/s/instances/i/heartbeat',
    });
    await exchange(server.port, { target: '/nope' });
    await exchange(server.port, {
      method: 'POST',
      target: '/v4/default/registry/microservices',
      body: '{}',
      isChunked: true,
    });
    expect(entries).toMatchObject([
      {
        remoteIp: '10.0.0.9',
        method: 'GET',
        uri: '/version?x=1',
        protocol: 'HTTP/1.1',
        status: 200,
        requestBytes: 0,
      },
      { remoteIp: '127.0.0.1', method: 'POST', status: 400, requestBytes: -1 },
    ]);
  });
});

/** The listener behind a server, which the runtime shows with each request. */
async function listenerOf({ baseUrl }: RunningServer): Promise<Server> {
  const channel = 'http.server.request.start';
  const { promise, resolve } = Promise.withResolvers<Server>();
  const onRequest = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('server' in message)) return;
    if (message.server instanceof Server) resolve(message.server);
  };
  subscribe(channel, onRequest);
  try {
    await fetch(`${baseUrl}/version`);
    return await promise;
  } finally {
    unsubscribe(channel, onRequest);
  }
}

function isRefused(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => {
    socket.destroy();
    resolve(false);
  });
  socket.once('error', () => {
    resolve(true);
  });
  return promise;
}
