import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange, type RawResponse } from './raw-http.ts';
import { RunningServer } from './running-server.ts';

const reference = /(?:src|href)="([^"]+)"/g;

describe('the documentation', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await RunningServer.start({ config: { maxBodyBytes: 4096 } });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const get = (target: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
    exchange(server.port, { target, headers });

  it('is a document that tells the limits of this server', async () => {
    const response = await get('/openapi.json');
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(response.headers.get('server')).toBe('SERVICECENTER/0.1.0');
    expect(JSON.parse(response.body)).toMatchObject({
      openapi: '3.1.1',
      info: { version: '0.1.0' },
      paths: {
        '/v4/{project}/registry/microservices': {
          post: {
            operationId: 'RegisterService',
            requestBody: { description: 'At most 4096 bytes.' },
          },
        },
      },
    });
  });

  it('is compressed for whoever asks, the first time and later', async () => {
    const plain = await get('/openapi.json');
    for (const _ of [1, 2]) {
      const compressed = await get('/openapi.json', { 'Accept-Encoding': 'gzip' });
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(gunzipSync(Buffer.from(compressed.body, 'latin1')).toString('latin1')).toBe(
        plain.body,
      );
    }
  });

  it.each(['/openapi.json', '/docs', '/docs/start.js'])(
    'refuses HEAD and POST at %s',
    async (target) => {
      for (const method of ['HEAD', 'POST']) {
        const response = await exchange(server.port, { method, target });
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('GET');
      }
    },
  );

  it('has a page that loads its own files only, and runs nothing inline', async () => {
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.body).not.toMatch(/<script>|<style|style=|\son\w+=/);

    const references = Array.from(page.body.matchAll(reference), ([, path = '']) => path);
    expect(references.length).toBeGreaterThanOrEqual(4);
    for (const path of references) {
      expect(path).not.toMatch(/^(\w+:)?\/\//);
      const file = await get(`/${path}`);
      expect(file.status).toBe(200);
      expect(file.body.length).toBeGreaterThan(100);
    }
  });

  it.each([
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['favicon-32x32.png', 'image/png'],
    ['start.js', 'text/javascript; charset=utf-8'],
  ])('serves %s as %s', async (name, contentType) => {
    const response = await get(`/docs/${name}`);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('cache-control')).toBe('max-age=3600');
  });

  it.each(['package.json', '..%2Fpackage.json', 'swagger-ui-bundle.js.map', '%2e%2e', 'x'])(
    'has no file %s',
    async (name) => {
      const response = await get(`/docs/${name}`);
      expect([301, 404]).toContain(response.status);
      expect(response.body).not.toContain('swagger');
    },
  );
});
