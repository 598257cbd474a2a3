import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { ExchangeError } from '../src/exchange/exchange.ts';
import { HttpClient } from '../src/exchange/http-client.ts';
import { FakeServer, reply } from './fake-server.ts';

describe('the client', () => {
  it('sends path, headers and body as they are', async () => {
    const seen: unknown[] = [];
    await using server = await FakeServer.start((request, body, response) => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      seen.push([request.method, request.url, headers, body]);
      reply(response, 200, {});
    });
    using client = new HttpClient({ baseUrl: server.baseUrl });
    await client.exchange({ method: 'GET', path: '/a//b/../c%zz?x=1&', headers: { A: 'b' } });
    await client.exchange({ method: 'DELETE', path: '/', headers: {}, body: Buffer.from('{"a"') });
    await client.exchange({
      method: 'POST',
      path: '/',
      headers: {},
      body: [Buffer.from('a'), Buffer.from('b')],
    });
    expect(seen).toEqual([
      ['GET', '/a//b/../c%zz?x=1&', { a: 'b' }, ''],
      ['DELETE', '/', { 'content-length': '4' }, '{"a"'],
      ['POST', '/', { 'transfer-encoding': 'chunked' }, 'ab'],
    ]);
  });

  it('unpacks a packed body and says that it was packed', async () => {
    await using server = await FakeServer.start((_request, _body, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('x'.repeat(5000)));
    });
    using client = new HttpClient({ baseUrl: server.baseUrl });
    const response = await client.exchange({ method: 'GET', path: '/', headers: {} });
    expect(response.text).toBe('x'.repeat(5000));
    expect(response.bodyBytes).toBeLessThan(200);
    expect(response.headers['content-encoding']).toBe('gzip');
  });

  it('gives up at the deadline, also in the middle of an answer', async () => {
    await using server = await FakeServer.start((request, _body, response) => {
      if (request.url === '/half') response.writeHead(200).write('x');
    });
    using client = new HttpClient({ baseUrl: server.baseUrl, deadlineMs: 100 });
    for (const path of ['/never', '/half']) {
      const error: unknown = await client
        .exchange({ method: 'GET', path, headers: {} })
        .catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(ExchangeError);
      expect(error).toHaveProperty('isTimeout', true);
    }
  });

  it('takes only http URLs', () => {
    expect(() => new HttpClient({ baseUrl: 'https://a' })).toThrow('is no http URL');
  });
});
