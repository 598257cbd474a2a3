import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange, send, type RawRequest, type RawResponse } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

const text = 'text/plain; charset=utf-8';
const registry = '/v4/default/registry';

describe('what comes before the handlers', () => {
  let server: RunningServer;
  let serviceId: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    serviceId = await new RegistryClient(server).registerService('service');
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const ask = (request: RawRequest): Promise<RawResponse> => exchange(server.port, request);
  const get = (target: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
    ask({ target, headers });
  const preflight = (headers: Record<string, string>): Promise<RawResponse> =>
    ask({ method: 'OPTIONS', target: `${registry}/microservices`, headers });

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
});
