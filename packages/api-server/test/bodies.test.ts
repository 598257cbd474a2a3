import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange, send, type RawRequest, type RawResponse } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

const json = 'application/json; charset=UTF-8';
const registry = '/v4/default/registry';

function instanceOf(bytes: number): string {
  const frame = '{"instance":{"instanceId":"sized","hostName":"h","properties":{"p":""}}}';
  const filler = 'x'.repeat(bytes - frame.length);
  return frame.replace('"p":""', `"p":"${filler}"`);
}

describe('answers and bodies', () => {
  let server: RunningServer;
  let client: RegistryClient;
  let serviceId: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    client = new RegistryClient(server);
    serviceId = await client.registerService('service');
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const ask = (request: RawRequest): Promise<RawResponse> => exchange(server.port, request);
  const get = (target: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
    ask({ target, headers });
  const register = (body: string, more: Partial<RawRequest> = {}): Promise<RawResponse> =>
    ask({
      method: 'POST',
      target: `${registry}/microservices/${serviceId}/instances`,
      body,
      ...more,
    });

  describe('success', () => {
    it('carries the same headers everywhere', async () => {
      const response = await get(`${registry}/microservices/${serviceId}`);
      expect([...response.headers.keys()]).toEqual([
        'server',
        'vary',
        'content-type',
        'content-length',
        'connection',
      ]);
      expect(response.headers.get('server')).toBe('SERVICECENTER/0.1.0');
      expect(response.headers.get('vary')).toBe('Accept-Encoding, Origin');
      expect(response.headers.get('content-type')).toBe(json);
      expect(response.body.startsWith('{"service":{"serviceId":"')).toBe(true);
    });

    it('is an empty text when there is nothing to say', async () => {
      const response = await ask({
        method: 'PUT',
        target: `${registry}/microservices/${serviceId}/properties`,
        body: '{"properties":{"a":"b"}}',
      });
      expect([response.status, response.body]).toEqual([200, '']);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=UTF-8');
      expect(response.headers.get('content-length')).toBe('0');
    });

    it('says what this is', async () => {
      expect((await get('/')).body).toContain('"name":"Service-Center"');
    });

    it.each([
      [`${registry}/version`, '4.0.0'],
      ['/version', '3.0.0'],
    ])('%s tells API version %s', async (target, apiVersion) => {
      const parsed: unknown = JSON.parse((await get(target)).body);
      expect(parsed).toEqual({
        version: '0.1.0',
        buildTag: 'test',
        goVersion: `node${process.version}`,
        os: process.platform,
        arch: process.arch === 'x64' ? 'amd64' : process.arch,
        apiVersion,
      });
    });

    it.each([`${registry}/health/readiness`, '/health/readiness'])(
      '%s is ready',
      async (target) => {
        expect(await get(target)).toMatchObject({ status: 200, body: '' });
      },
    );

    it.each([`${registry}/health`, '/health', '/v4/other/registry/health'])(
      '%s shows the server itself',
      async (target) => {
        expect((await get(target)).body).toContain(
          `"endpoints":["rest://127.0.0.1:${server.port}/"]`,
        );
      },
    );
  });

  describe('bodies', () => {
    it.each([false, true])(
      'may have 5120 bytes for an instance (chunked: %s)',
      async (isChunked) => {
        expect((await register(instanceOf(5120), { isChunked })).status).toBe(200);
        const refused = await register(instanceOf(5121), { isChunked });
        expect(refused.status).toBe(400);
        expect(refused.body).toContain('"detail":"http: request body too large"');
      },
    );

    it('are refused although the client goes on sending', async () => {
      const response = await register('x'.repeat(3_000_000));
      expect(response.body).toContain('http: request body too large');
    });

    it('end the connection of who sends far too much', async () => {
      const path = `${registry}/microservices/${serviceId}/instances`;
      const start = `POST ${path} HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\n`;
      const answer = await send(server.port, start + 'x'.repeat(5_000_000));
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toContain('\r\nConnection: close\r\n');
    });

    it('keep a connection alive that sent too much', async () => {
      const path = `${registry}/microservices/${serviceId}/instances`;
      const first = `POST ${path} HTTP/1.1\r\nHost: t\r\nContent-Length: 6000\r\n\r\n${'x'.repeat(6000)}`;
      const second = 'GET /version HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n';
      const answers = await send(server.port, first + second);
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
    });

    it.each(['', '{', '[]', '{"service":{"serviceName":1}}', 'null', '{} x'])(
      'are refused as 400001 when they are %s',
      async (body) => {
        const response = await ask({ method: 'POST', target: `${registry}/microservices`, body });
        expect(response.status).toBe(400);
        expect(response.headers.get('content-type')).toBe(json);
        expect(response.body).toContain('"errorCode":"400001"');
        expect(response.body).not.toContain('    at ');
      },
    );
  });

  describe('compression', () => {
    it('is for bodies of 1400 bytes and more, for whoever asks', async () => {
      await client.call('PUT', `/microservices/${serviceId}/properties`, {
        properties: { p: 'x'.repeat(2000) },
      });
      const target = `${registry}/microservices/${serviceId}`;
      const plain = await get(target);
      const compressed = await get(target, { 'Accept-Encoding': 'gzip' });
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(gunzipSync(Buffer.from(compressed.body, 'latin1')).toString()).toBe(plain.body);
      const small = await get('/version', {
        'Accept-Encoding': 'gzip',
      });
      expect(small.headers.has('content-encoding')).toBe(false);
    });
  });

  describe('a find', () => {
    it('is not sent again to who has it', async () => {
      await client.registerInstance(serviceId, 'found');
      const target = `${registry}/instances?appId=app&serviceName=service`;
      const revision = (await get(target)).headers.get('x-resource-revision') ?? '';
      expect(revision).toMatch(/^[0-9a-f]{40}$/);
      const again = await get(`${target}&rev=${revision}`);
      expect([again.status, again.body]).toEqual([304, '']);
      expect(again.headers.get('x-resource-revision')).toBe(revision);
      expect(again.headers.has('content-type')).toBe(false);
      expect((await get(`${target}&rev=${revision}&noCache=1`)).status).toBe(200);
      expect((await get(`${target}&rev=${revision}&cacheOnly=true`)).status).toBe(200);
    });
  });
});
