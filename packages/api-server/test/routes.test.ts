import { expect, it } from 'vitest';

import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

it('serves the whole life of services, tags, schemas, instances and dependencies', async () => {
  await using server = await RunningServer.start();
  const client = new RegistryClient(server);
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
