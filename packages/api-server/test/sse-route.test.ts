import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { assertDocumented } from './documented.ts';
import { exchange } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';
import { SseClient } from './sse-client.ts';

const target = '/v4/default/registry/events';

describe('the route of server-sent events', () => {
  const entries: { readonly uri: string; readonly status: number }[] = [];
  let server: RunningServer;

  beforeEach(async () => {
    entries.length = 0;
    server = await RunningServer.start({
      hooks: { onAccess: (entry) => entries.push(entry) },
      config: { writeTimeoutMs: 200 },
    });
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  it('answers as documented, is never compressed, and can be read from another origin', async () => {
    const headers = { 'Accept-Encoding': 'gzip', Origin: 'http://console.example' };
    const client = await SseClient.open({ port: server.port, target, headers });
    const { response } = client;
    await expect.poll(() => client.events.at(-1)).toBe('synchronized');
    expect(response.headers).toMatchObject({
      server: 'SERVICECENTER/0.1.0',
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      connection: 'close',
    });
    expect(response.headers['content-encoding']).toBeUndefined();
    assertDocumented({
      method: 'GET',
      target,
      status: 200,
      headers: new Map([['content-type', response.headers['content-type'] ?? '']]),
      body: client.text,
    });
    client.close();
  });

  it('shows in the access log and in the metrics as any other route, when it begins', async () => {
    const client = await SseClient.open({ port: server.port, target });
    expect(entries).toMatchObject([{ uri: target, status: 200 }]);
    const page = await (await fetch(`${server.baseUrl}/metrics`)).text();
    expect(page).toMatch(/http_request_total\{[^}]*api="StreamEvents"[^}]*\} 1\n/);
    expect(page).toMatch(/notify_subscriber_total\{[^}]*scheme="SSE"[^}]*\} 1\n/);
    client.close();
  });

  it('goes on for longer than an answer may take', async () => {
    const client = await SseClient.open({ port: server.port, target });
    // Two connections on which nothing moves, one after the other: each is cut when the limit is over.
    for (let time = 0; time < 2; time++) {
      const still = connect(server.port, '127.0.0.1');
      still.resume();
      await once(still, 'close');
    }
    await new RegistryClient(server).registerService('late');
    await expect.poll(() => client.events.at(-1)).toBe('change');
    client.close();
  });

  it.each([
    ['consumerId=c&serviceId=s', 'cannot stand in one request'],
    ['serviceName=s', 'needs appId'],
    ['scope=all', 'scope must be'],
    [`serviceId=${'x'.repeat(65)}`, ''],
    ['position=%20', ''],
  ])('answers %s with an error, in JSON', async (query, detail) => {
    const response = await exchange(server.port, { target: `${target}?${query}` });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(response.body).toContain('"errorCode":"400001"');
    expect(response.body).toContain(detail);
    expect(server.api.sseCount).toBe(0);
  });

  it('knows no HEAD, and no v3 form', async () => {
    const head = await exchange(server.port, { method: 'HEAD', target });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await exchange(server.port, { target: '/registry/v3/events' })).status).toBe(404);
  });

  it('is the same where the Express application serves it alone', async () => {
    const expressOnly = createServer(server.api.app).listen(0, '127.0.0.1');
    await once(expressOnly, 'listening');
    const address = expressOnly.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const [direct, alone] = await Promise.all(
      [server.port, address.port].map((port) => SseClient.open({ port, target })),
    );
    await expect.poll(() => alone?.events.at(-1)).toBe('synchronized');
    await expect.poll(() => direct?.events.at(-1)).toBe('synchronized');
    expect(alone?.text).toBe(direct?.text);
    expect(headersOf(alone)).toEqual(headersOf(direct));
    alone?.close();
    direct?.close();
    expressOnly.close();
  });

  it('refuses clients of socket.io at other paths and methods as unknown routes', async () => {
    for (const [method, path] of [
      ['GET', '/socket.io'],
      ['GET', '/socket.io/socket.io.js'],
      ['PUT', '/socket.io/?EIO=4&transport=polling'],
    ] as const) {
      const response = await exchange(server.port, { method, target: path });
      expect([path, response.status]).toEqual([path, 404]);
    }
    const preflight = await exchange(server.port, { method: 'OPTIONS', target: '/socket.io/' });
    expect(preflight.status).toBe(200);
  });
});

/** Names and values in turns, as they came, without the time. */
function headersOf(client: SseClient | undefined): readonly string[] | undefined {
  return client?.response.rawHeaders.filter((_, index, all) => all[index - (index % 2)] !== 'Date');
}
