import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange, send, type RawRequest, type RawResponse } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

const json = 'application/json; charset=UTF-8';
const text = 'text/plain; charset=utf-8';
const registry = '/v4/default/registry';

function instanceOf(bytes: number): string {
  const frame = '{"instance":{"instanceId":"sized","hostName":"h","properties":{"p":""}}}';
  const filler = 'x'.repeat(bytes - frame.length);
  return frame.replace('"p":""', `"p":"${filler}"`);
}

describe('the protocol', () => {
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

  describe('routing', () => {
    it.each([
      '/nope',
      '/v4',
      '/v4/',
      `${registry}/`,
      `${registry}/microservices/`,
      `${registry}/microservices/a%2Fb`,
      '/V4/default/registry/microservices',
      `${registry}/Microservices`,
      '/version/',
      '/registry/v3/version',
    ])('does not know %s', async (target) => {
      const response = await get(target);
      expect([response.status, response.body]).toEqual([404, '404 page not found\n']);
      expect(response.headers.get('content-type')).toBe(text);
      expect(response.headers.get('vary')).toBe('Accept-Encoding, Origin');
    });

    it.each([
      ['POST', `${registry}/version`, 'GET'],
      ['PATCH', `${registry}/microservices`, 'GET, POST, DELETE'],
      ['GET', `${registry}/microservices/x/tags/k`, 'PUT, DELETE'],
      ['GET', `${registry}/heartbeats`, 'PUT'],
      ['PUT', '/registry/v3/microservices', 'GET, POST, DELETE'],
    ])('refuses %s %s', async (method, target, allow) => {
      const response = await ask({ method, target });
      expect([response.status, response.body]).toEqual([405, 'Method Not Allowed\n']);
      expect(response.headers.get('allow')).toBe(allow);
    });

    it('refuses HEAD, which other servers would answer', async () => {
      const response = await ask({ method: 'HEAD', target: `${registry}/microservices` });
      expect([response.status, response.body]).toEqual([405, '']);
      expect(response.headers.get('allow')).toBe('GET, POST, DELETE');
    });

    it('lets the path win over a parameter of the same name', async () => {
      const { status } = await get(`${registry}/microservices/${serviceId}?%3AserviceId=none`);
      expect(status).toBe(200);
    });
  });

  describe('in front of the router', () => {
    it.each([
      ['/v4/default//registry/version?a=b', '/v4/default/registry/version?a=b'],
      ['/v4/x/../default/registry/version', '/v4/default/registry/version'],
    ])('sends %s to the clean path', async (target, location) => {
      const response = await get(target);
      expect(response.status).toBe(301);
      expect(response.headers.get('location')).toBe(location);
      expect(response.headers.has('server')).toBe(false);
      expect(response.body).toBe(`<a href="${location}">Moved Permanently</a>.\n\n`);
    });

    it('writes nothing into the page of a redirect that could run', async () => {
      const response = await get('//%22%3E%3Cscript%3E');
      expect(response.body).not.toContain('<script>');
      expect(response.headers.get('location')).toBe('/%22%3E%3Cscript%3E');
    });

    it('refuses a target that the reference refuses, and stops there', async () => {
      const target = `${registry}/version?x=1;`;
      const response = await get(target);
      expect([response.status, response.body]).toEqual([400, `Invalid Request URI ${target}`]);
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
    });

    it('refuses a path that cannot be decoded', async () => {
      const response = await get(`${registry}/microservices/%zz`);
      expect([response.status, response.body]).toEqual([400, '400 Bad Request']);
      expect(response.headers.has('server')).toBe(false);
    });

    it('takes a target of 2047 characters and no longer one', async () => {
      const start = `${registry}/version?x=`;
      const longest = `${start}${'a'.repeat(2047 - start.length)}`;
      expect((await get(longest)).status).toBe(200);
      expect((await get(`${longest}a`)).status).toBe(400);
    });

    it('answers headers that are too large, and junk', async () => {
      expect((await get('/', { 'X-Junk': 'x'.repeat(40_000) })).status).toBe(431);
      expect(await send(server.port, 'junk\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    });

    it('serves metrics without the headers of the API', async () => {
      await get(`${registry}/version`);
      const response = await get('/metrics');
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(response.headers.has('server')).toBe(false);
      expect(response.body).toMatch(
        /service_center_http_request_total\{instance="127\.0\.0\.1:30100",method="GET",code="200",api="GetVersion",domain="default"\} \d+/,
      );
      expect(response.body).toMatch(/^process_resident_memory_bytes \d+$/m);
      expect(response.body).toMatch(
        /^service_center_db_sc_total\{instance="127\.0\.0\.1:30100"\} 1$/m,
      );
    });
  });

  const preflight = (headers: Record<string, string>): Promise<RawResponse> =>
    ask({ method: 'OPTIONS', target: `${registry}/microservices`, headers });
  const register = (body: string, more: Partial<RawRequest> = {}): Promise<RawResponse> =>
    ask({
      method: 'POST',
      target: `${registry}/microservices/${serviceId}/instances`,
      body,
      ...more,
    });

  describe('CORS', () => {
    const origin = { Origin: 'http://console.example' };

    it('allows what is allowed', async () => {
      const response = await preflight({
        ...origin,
        'Access-Control-Request-Method': 'put',
        'Access-Control-Request-Headers': 'content-type,x-consumerid',
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-methods')).toBe('PUT');
      expect(response.headers.get('access-control-allow-headers')).toBe(
        'Content-Type, X-Consumerid',
      );
      expect(response.headers.get('vary')).toBe(
        'Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      );
    });

    it.each<Record<string, string>>([
      { 'Access-Control-Request-Method': 'PATCH' },
      { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'X-Other' },
    ])('allows nothing for %o', async (headers) => {
      const response = await preflight({ ...origin, ...headers });
      expect(response.status).toBe(200);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    });

    it('marks ordinary answers, errors included', async () => {
      for (const target of [
        `${registry}/microservices`,
        `${registry}/microservices/none`,
        '/nope',
      ]) {
        const response = await get(target, origin);
        expect(response.headers.get('access-control-allow-origin')).toBe('*');
      }
      const unmarked = await get('/nope');
      expect(unmarked.headers.has('access-control-allow-origin')).toBe(false);
    });
  });

  describe('tenants', () => {
    it('keep to themselves', async () => {
      const other = await get(`${registry}/microservices`, { 'X-Domain-Name': 'other' });
      expect(other.body).toBe('{}');
      const foreign = await get(`/v4/p2/registry/microservices/${serviceId}`);
      expect(foreign.body).toContain('"errorCode":"400012"');
    });

    it('are named by X-Tenant-Name in v3, else by X-Domain-Name', async () => {
      const id = await new RegistryClient(server, 'v3domain').registerService('v3');
      const list = '/registry/v3/microservices';
      expect(
        (await get(list, { 'X-Tenant-Name': 'v3domain', 'X-Domain-Name': 'x' })).body,
      ).toContain(id);
      expect(
        (await get(list, { 'X-Tenant-Name': '', 'X-Domain-Name': 'v3domain' })).body,
      ).toContain(id);
    });

    it.each(['a/b', 'a b', '..', 'x'.repeat(161)])('cannot be called %s', async (domain) => {
      const response = await ask({
        method: 'POST',
        target: `${registry}/microservices`,
        headers: { 'X-Domain-Name': domain },
        body: '{"service":{"serviceName":"s"}}',
      });
      expect(response.status).toBe(400);
      expect(response.body).toContain('"errorCode":"400001"');
    });
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

  describe('a whole life', () => {
    it('goes through every route of services, tags, schemas, instances and dependencies', async () => {
      const provider = await client.registerService('provider');
      const consumer = await client.registerService('consumer');
      const path = `/microservices/${provider}`;
      const textOf = async (target: string): Promise<string> =>
        (await client.call('GET', target)).text();

      const exists = `/existence?type=microservice&appId=app&serviceName=provider&version=1.0.0`;
      expect(await textOf(exists)).toBe(`{"serviceId":"${provider}"}`);

      await client.call('POST', `${path}/tags`, { tags: { a: 'x', b: 'y' } });
      await client.call('PUT', `${path}/tags/a?value=z`);
      await client.call('DELETE', `${path}/tags/b`);
      expect(await textOf(`${path}/tags`)).toBe('{"tags":{"a":"z"}}');

      await client.call('PUT', `${path}/schemas/one`, { schema: 'text', summary: 'abc' });
      const schema = await client.call('GET', `${path}/schemas/one`);
      expect(schema.headers.get('x-schema-summary')).toBe('abc');
      expect(await schema.text()).toBe('{"schema":"text"}');
      const schemaExists = `/existence?type=schema&serviceId=${provider}&schemaId=one`;
      expect(await textOf(schemaExists)).toBe(`{"serviceId":"${provider}","schemaId":"one"}`);
      await client.call('POST', `${path}/schemas`, {
        schemas: [{ schemaId: 'two', schema: 'x', summary: 's' }],
      });
      expect(await textOf(`${path}/schemas?withSchema=1`)).toBe(
        '{"schemas":[{"schemaId":"two","summary":"s","schema":"x"}]}',
      );
      await client.call('DELETE', `${path}/schemas/two`);

      const instanceId = await client.registerInstance(provider, 'host');
      const instance = `${path}/instances/${instanceId}`;
      await client.call('PUT', `${instance}/status?value=DOWN`);
      await client.call('PUT', `${instance}/properties`, { properties: { k: 'v' } });
      await client.call('PUT', `${instance}/heartbeat`);
      const read = await textOf(instance);
      expect(read).toContain('"status":"DOWN"');
      expect(read).toContain('"properties":{"k":"v"}');
      expect(await textOf(`${path}/instances`)).toContain(instanceId);

      const declared = await client.call('PUT', '/dependencies', {
        dependencies: [
          {
            consumer: { appId: 'app', serviceName: 'consumer', version: '1.0.0' },
            providers: [{ appId: 'app', serviceName: 'provider', version: '1.0.0' }],
          },
        ],
      });
      expect(declared.headers.get('deprecation')).toBe('version="v4"');
      await expect
        .poll(() => textOf(`/microservices/${consumer}/providers?noSelf=1&sameDomain=1`))
        .toContain(provider);
      expect(await textOf(`${path}/consumers`)).toContain(consumer);

      await client.call('DELETE', instance);
      const deleted = await client.call('DELETE', '/microservices', {
        serviceIds: [provider, 'none'],
        force: true,
      });
      const results = await deleted.text();
      expect(results).toContain(`{"serviceId":"${provider}"}`);
      expect(results).toContain(
        '{"errMessage":"Micro-service does not exist(Service does not exist.)","serviceId":"none"}',
      );
      await client.call('DELETE', `/microservices/${consumer}?force=1`);
      expect(await textOf('/microservices')).not.toContain(consumer);
    });
  });
});
