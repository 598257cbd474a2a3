import { describe, expect, it } from 'vitest';

import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request in the name of a domain, and takes whatever comes back. */
async function send(
  server: RunningServer,
  method: string,
  target: string,
  options: { readonly body?: unknown; readonly domain?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${server.baseUrl}${target}`, {
    method,
    headers: { 'X-Domain-Name': options.domain ?? 'default' },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: await response.text() };
}

/** An element of a batch. */
function service(serviceName: string, rev = ''): unknown {
  return { service: { appId: 'app', serviceName }, rev };
}

const registry = '/v4/default/registry';
const govern = '/v4/default/govern';
const admin = '/v4/default/admin';
const rule = { ruleType: 'BLACK', attribute: 'ServiceName', pattern: '^con', description: 'd' };

describe('black and white lists', () => {
  it.each([registry, '/registry/v3'])('are kept under %s', async (prefix) => {
    await using server = await RunningServer.start();
    const serviceId = await new RegistryClient(server).registerService('provider');
    const path = `${prefix}/microservices/${serviceId}/rules`;

    const added = await send(server, 'POST', path, { body: { rules: [rule] } });
    expect(added.body).toMatch(/^\{"RuleIds":\["[0-9a-f]{32}"\]\}$/);
    const ruleId = added.body.slice(13, 45);
    expect((await send(server, 'POST', path, { body: { rules: [rule] } })).body).toBe('{}');
    const changed = { ...rule, pattern: '^x' };
    expect(await send(server, 'PUT', `${path}/${ruleId}`, { body: changed })).toEqual({
      status: 200,
      body: '',
    });
    expect((await send(server, 'GET', path)).body).toMatch(
      new RegExp(
        String.raw`^\{"rules":\[\{"ruleId":"${ruleId}","ruleType":"BLACK","attribute":"ServiceName","pattern":"\^x","description":"d","timestamp":"\d+","modTimestamp":"\d+"\}\]\}$`,
      ),
    );
    expect((await send(server, 'DELETE', `${path}/${ruleId}`)).status).toBe(200);
    expect((await send(server, 'GET', path)).body).toBe('{}');
    const unknown = await send(server, 'DELETE', `${path}/${ruleId}`);
    expect(unknown.body).toContain('"errorCode":"400022"');
    const nothing = await send(server, 'POST', path, { body: { rules: [null] } });
    expect(nothing.body).toContain('"errorCode":"400001"');
  });

  it.each([registry, '/registry/v3'])(
    'have no routes under %s, nor a description, where there are none',
    async (prefix) => {
      await using server = await RunningServer.start({ registryConfig: { rulesEnabled: false } });
      const serviceId = await new RegistryClient(server).registerService('provider');
      const path = `${prefix}/microservices/${serviceId}/rules`;
      const unrouted = { status: 404, body: '404 page not found\n' };

      for (const method of ['GET', 'POST']) {
        expect(await send(server, method, path)).toMatchObject(unrouted);
      }
      for (const method of ['PUT', 'DELETE']) {
        expect(await send(server, method, `${path}/r`)).toMatchObject(unrouted);
      }
      const described = await fetch(`${server.baseUrl}/openapi.json`);
      const text = await described.text();
      expect(text).toContain('"/registry/v3/microservices/{serviceId}/tags"');
      expect(text).not.toContain('/rules');
    },
  );

  it('come with a registration and decide what is found', async () => {
    await using server = await RunningServer.start();
    const client = new RegistryClient(server);
    const consumerId = await client.registerService('consumer');
    await client.call('POST', '/microservices', {
      service: { serviceName: 'provider', appId: 'app' },
      instances: [{ hostName: 'h', endpoints: ['rest://h:1'] }],
      rules: [rule],
    });
    const target = `${server.baseUrl}${registry}/instances?appId=app&serviceName=provider`;
    const denied = await fetch(target, { headers: { 'X-ConsumerId': consumerId } });
    expect(await denied.text()).toBe('{}');
    expect(await (await fetch(target)).text()).toContain('"hostName":"h"');
  });
});

describe('a batch', () => {
  const path = `${registry}/instances/action`;

  it('is answered part by part', async () => {
    await using server = await RunningServer.start();
    const client = new RegistryClient(server);
    const serviceId = await client.registerService('provider');
    const instanceId = await client.registerInstance(serviceId, 'host');
    await client.registerService('idle');
    const first = await send(server, 'POST', `${path}?type=query`, {
      body: {
        services: [service('provider'), service('none'), service('idle'), service('gone')],
        instances: [{ instance: { serviceId, instanceId } }],
      },
    });
    expect(first.status).toBe(200);
    const failed = `"failed":[{"indexes":[1,3],"error":{"errorCode":"400012","errorMessage":"Micro-service does not exist","detail":"Consumer[][///] find provider[/app/none] failed, provider does not exist"}}]`;
    expect(first.body).toMatch(
      /^\{"services":\{"failed":.*,"updated":\[\{"index":0,"rev":"[0-9a-f]{40}","instances":\[\{"instanceId":.*\}\]\},\{"index":2,"rev":"[0-9a-f]{40}"\}\]\},"instances":\{"updated":\[\{"index":0,"rev":"[0-9a-f]{40}","instances":\[\{.*\}\]\}\]\}\}$/,
    );
    expect(first.body).toContain(failed);

    const rev = /"rev":"([0-9a-f]{40})"/.exec(first.body)?.[1] ?? '';
    const second = await send(server, 'POST', `${path}?type=query`, {
      body: { services: [service('provider', rev)] },
    });
    expect(second.body).toBe('{"services":{"notModified":[0]}}');
  });

  it.each([
    ['', { services: [] }, 'Invalid action: '],
    ['?type=delete', {}, 'Invalid action: delete'],
    ['?type=query', {}, 'Required services or instances'],
    ['?type=query', { services: [null] }, 'Unmarshal error'],
    ['?type=query', { services: [{ service: null }] }, `field 'FindService.Service'`],
  ])('with %s and %j is refused', async (query, body, detail) => {
    await using server = await RunningServer.start();
    const answer = await send(server, 'POST', `${path}${query}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`"errorCode":"400001"`);
    expect(answer.body).toContain(detail);
  });
});

it('sets the status of many instances', async () => {
  await using server = await RunningServer.start();
  const client = new RegistryClient(server);
  const serviceId = await client.registerService('provider');
  await client.registerInstance(serviceId, 'host');
  const list = `${registry}/microservices/${serviceId}/instances`;
  const put = (body: unknown): Promise<Answer> =>
    send(server, 'PUT', `${registry}/instances/status`, { body });

  const other = { matches: { properties: { zone: 'a' } }, status: 'DOWN' };
  expect(await put(other)).toEqual({ status: 200, body: '' });
  expect((await send(server, 'GET', list)).body).toContain('"status":"UP"');
  expect(await put({ matches: null, status: 'DOWN' })).toEqual({ status: 200, body: '' });
  expect((await send(server, 'GET', list)).body).toContain('"status":"DOWN"');
  expect((await put({ status: 'OFF' })).body).toContain('"errorCode":"400001"');
});

describe('govern views', () => {
  it('are served in both forms', async () => {
    await using server = await RunningServer.start();
    const client = new RegistryClient(server, 'd1');
    const serviceId = await client.registerService('provider');
    await client.registerInstance(serviceId, 'host');
    const bodyOf = async (target: string): Promise<string> =>
      (await send(server, 'GET', target, { domain: 'd1' })).body;

    const detail = await bodyOf(`${govern}/microservices/${serviceId}`);
    expect(detail).toMatch(
      /^\{"service":\{"microService":\{.*\},"instances":\[\{.*\}\],"microServiceVersions":\["1.0.0"\]\}\}$/,
    );
    expect(await bodyOf(`/registry/v3/govern/service/${serviceId}`)).toBe(detail);

    const counts = `${govern}/microservices?options=instances&countOnly=1`;
    expect(await bodyOf(counts)).toMatch(/"statics":\{"instances":\{"count":1\}\}\}\]\}$/);
    const list = await bodyOf(`${govern}/microservices?options=all`);
    expect(list).toContain('"statistics":{"services":{"count":1,"onlineCount":1}');
    expect(await bodyOf('/registry/v3/govern/services?options=all')).toBe(list);

    const graph = `{"nodes":[{"id":"${serviceId}","name":"provider","appId":"app","version":"1.0.0","type":"","color":"","position":""}],"lines":null,"circles":null}`;
    expect(await bodyOf(`${govern}/relations`)).toBe(graph);
    expect(await bodyOf('/registry/v3/govern/relation')).toBe(graph);

    expect(await bodyOf(`${govern}/apps`)).toBe('{"appIds":["app"]}');
    const statistics =
      '{"statistics":{"services":{"count":1,"onlineCount":1},"instances":{"count":1,"countByDomain":1},"apps":{"count":1}}}';
    expect(await bodyOf(`${govern}/statistics`)).toBe(statistics);
    expect(await bodyOf(`${govern}/microservices/statistics`)).toBe(statistics);
  });

  it('say that there is nothing in a tenant without services', async () => {
    await using server = await RunningServer.start();
    const bodyOf = async (target: string): Promise<string> =>
      (await send(server, 'GET', `${govern}${target}`, { domain: 'empty' })).body;
    expect(await bodyOf('/microservices')).toBe('{}');
    expect(await bodyOf('/microservices?options=statistics')).toBe(
      '{"statistics":{"services":{},"instances":{},"apps":{}}}',
    );
    expect(await bodyOf('/relations')).toBe('{"nodes":null,"lines":null,"circles":null}');
    expect(await bodyOf('/apps')).toBe('{}');
  });

  it('filter by every property that is given', async () => {
    await using server = await RunningServer.start();
    const client = new RegistryClient(server, 'd1');
    await client.call('POST', '/microservices', {
      service: { serviceName: 'a', properties: { color: 'red', url: 'http://x' } },
    });
    const isFound = async (query: string): Promise<boolean> => {
      const target = `${govern}/microservices?${query}`;
      return (await send(server, 'GET', target, { domain: 'd1' })).body !== '{}';
    };
    expect(await isFound('property=color:red&property=url:http:%2F%2Fx')).toBe(true);
    expect(await isFound('property=color:red&property=color:blue')).toBe(false);
    expect(await isFound('property=nothing')).toBe(false);
  });
});

describe('admin routes', () => {
  it('dump the caches of all tenants for the default tenant only', async () => {
    await using server = await RunningServer.start();
    const serviceId = await new RegistryClient(server, 'd1').registerService('provider');

    const dump = await send(server, 'GET', `${admin}/dump`);
    expect(dump.body).toMatch(/^\{"cache":\{"services":\[\{"key":"/);
    expect(dump.body).toMatch(
      new RegExp(
        `"key":"/cse-sr/ms/files/d1/default/${serviceId}","rev":\\d+,"cluster":"default","value":\\{"serviceId"`,
      ),
    );
    expect(dump.body).toMatch(/"serviceIndexes":\[\{[^}]*"value":"[0-9a-f]{40}"\}/);
    const info = await send(server, 'GET', `${admin}/dump?options=info`);
    expect(info.body).toMatch(/^\{"info":\{"version":[^{}]*"arch":"[^"]*"\}\}$/);
    const both = await send(server, 'GET', `${admin}/dump?options=all`);
    expect(both.body).toMatch(/^\{"info":\{.*\},"cache":\{/);
    expect((await send(server, 'GET', `${admin}/dump?options=config`)).body).toBe('{}');
    expect(await send(server, 'GET', `${admin}/dump`, { domain: 'd1' })).toEqual({
      status: 403,
      body: '{"errorCode":"403001","errorMessage":"Forbidden","detail":"Required admin permission"}',
    });
  });

  it('name the cluster and where it is reached', async () => {
    await using server = await RunningServer.start();
    expect((await send(server, 'GET', `${admin}/clusters`)).body).toBe(
      `{"clusters":{"default":["rest://127.0.0.1:${server.port}/"]}}`,
    );
  });

  it('show alarms until they are deleted', async () => {
    await using server = await RunningServer.start();
    expect((await send(server, 'GET', `${admin}/alarms`)).body).toBe('{}');
    server.registry.alarms.raise('InternalError', 'what happened');
    expect((await send(server, 'GET', `${admin}/alarms`)).body).toBe(
      '{"alarms":[{"status":"ACTIVATED","id":"InternalError","fields":{"detail":"what happened"}}]}',
    );
    expect(await send(server, 'DELETE', `${admin}/alarms`)).toEqual({ status: 200, body: '' });
    expect((await send(server, 'GET', `${admin}/alarms`)).body).toBe('{}');
  });
});
