import {
  dumpKeys,
  RegistryClient,
  type EtcdNode,
  type ServerProcess,
} from '@service-center/testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startEtcd, startOnEtcd } from './support/etcd-server.ts';

// Nothing here goes through code of ours but the server: etcdctl writes what other servers have left, and shows what
// ours leaves to them.

const tenant = 'default/default';
const cart = 'c'.repeat(40);
const price = 'd'.repeat(40);
const cartFile = {
  serviceId: cart,
  appId: 'shop',
  serviceName: 'cart',
  version: '1.2.0',
  level: 'BACK',
  schemas: ['old', 'empty'],
  status: 'UP',
  timestamp: '1700000000',
  modTimestamp: '1700000000',
};
const priceFile = { ...cartFile, serviceId: price, serviceName: 'price', schemas: undefined };
const instanceFile = {
  instanceId: 'i1',
  serviceId: cart,
  endpoints: ['rest://10.0.0.7:8080'],
  hostName: 'node-7',
  status: 'UP',
  healthCheck: { mode: 'push', interval: 30, times: 3 },
  timestamp: '1700000005',
  modTimestamp: '1700000005',
  version: '1.2.0',
};
const cartKey = `${tenant}//shop/cart/1.2.0`;

async function answerOf(client: RegistryClient, path: string): Promise<unknown> {
  const { status, body } = await client.send('GET', `/v4/default/${path}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const answer: unknown = JSON.parse(body);
  return answer;
}

/** Puts a key by etcdctl. @param lease - as etcdctl writes it */
async function put(etcd: EtcdNode, key: string, value: unknown, lease?: string): Promise<void> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const options = lease === undefined ? [] : [`--lease=${lease}`];
  // Values may begin with a dash.
  await etcd.etcdctl('put', ...options, '--', key, text);
}

async function putBytes(etcd: EtcdNode, key: Buffer, value: Buffer): Promise<void> {
  const request = { key: key.toString('base64'), value: value.toString('base64') };
  await etcd.gateway.call('/v3/kv/put', request);
}

async function grantLease(
  etcd: EtcdNode,
): Promise<{ readonly hex: string; readonly text: string }> {
  const [, hex = ''] =
    /lease ([0-9a-f]+) granted/.exec(await etcd.etcdctl('lease', 'grant', '120')) ?? [];
  return { hex, text: BigInt(`0x${hex}`).toString() };
}

async function putCart(etcd: EtcdNode): Promise<void> {
  await put(etcd, `/cse-sr/ms/files/${tenant}/${cart}`, cartFile);
  await put(etcd, `/cse-sr/ms/indexes/${cartKey}`, cart);
  const { hex, text } = await grantLease(etcd);
  await put(etcd, `/cse-sr/inst/leases/${tenant}/${cart}/i1`, text, hex);
  await put(etcd, `/cse-sr/inst/files/${tenant}/${cart}/i1`, instanceFile, hex);
}

/** Under each prefix a value that is no record, bytes that are no text, and keys of the wrong form. */
async function poison(etcd: EtcdNode, prefix: string, name: string): Promise<void> {
  await put(etcd, `${prefix}/${name}`, '{"serviceId":');
  await put(etcd, `${prefix}/${name}-2`, '[1]');
  await put(etcd, `${prefix}/${name}-3`, '');
  await putBytes(etcd, Buffer.from(`${prefix}/${name}-4`), Buffer.from([0xff, 0xfe]));
  await putBytes(
    etcd,
    Buffer.concat([Buffer.from(`${prefix}/`), Buffer.of(0xff)]),
    Buffer.from('{}'),
  );
}

async function poisonAll(etcd: EtcdNode, name: string): Promise<void> {
  for (const area of ['ms/files', 'ms/tags', 'ms/indexes', 'ms/alias']) {
    await poison(etcd, `/cse-sr/${area}/${tenant}`, name);
    await put(etcd, `/cse-sr/${area}/${name}`, '{}');
  }
  for (const area of ['inst/files', 'inst/leases', 'ms/rules', 'ms/schema-ref', 'ms/schema-sum']) {
    await poison(etcd, `/cse-sr/${area}/${tenant}/${cart}`, name);
    await put(etcd, `/cse-sr/${area}/${name}`, '{}');
  }
  for (const side of ['c', 'p']) {
    await poison(etcd, `/cse-sr/ms/dep-rules/${tenant}/${side}//shop/cart`, name);
  }
}

async function putPrice(etcd: EtcdNode): Promise<void> {
  await put(etcd, `/cse-sr/ms/files/${tenant}/${price}`, priceFile);
  await put(etcd, `/cse-sr/ms/indexes/${tenant}//shop/price/1.2.0`, price);
}

describe('what servers of the reference have left in etcd', () => {
  let etcd: EtcdNode;
  let server: ServerProcess;
  let client: RegistryClient;

  beforeAll(async () => {
    etcd = await startEtcd();
    await putCart(etcd);
    await putPrice(etcd);
    await put(etcd, '/cse-sr/sys', { version: '1.3.0' });
    await put(etcd, `/cse-sr/ms/tags/${tenant}/${cart}`, { zone: 'a' });
    await put(etcd, `/cse-sr/ms/schemas/${tenant}/${cart}/old`, 'old text');
    await put(etcd, `/cse-sr/ms/schema-sum/${tenant}/${cart}/old`, 'old summary');
    const rule = { ruleId: 'r1', ruleType: 'BLACK', attribute: 'ServiceName', pattern: 'thief' };
    await put(etcd, `/cse-sr/ms/rules/${tenant}/${cart}/r1`, rule);
    await put(etcd, `/cse-sr/ms/rule-indexes/${tenant}/${cart}/ServiceName/thief`, 'r1');
    // An index whose rule has gone, as 1.0 leaves it.
    await put(etcd, `/cse-sr/ms/rule-indexes/${tenant}/${cart}/ServiceName/gone`, 'r0');
    // A version rule, with the fields in the order of 1.0 and its extra one.
    const provider = {
      tenant,
      project: '',
      appId: 'shop',
      serviceName: 'price',
      version: '1.0.0+',
    };
    await put(etcd, `/cse-sr/ms/dep-rules/${tenant}/c//shop/cart/1.2.0`, {
      Dependency: [provider],
    });
    await put(etcd, `/cse-sr/ms/dep-rules/${tenant}/p//shop/price/1.0.0+`, {
      Dependency: [{ tenant, appId: 'shop', serviceName: 'cart', version: '1.2.0' }],
    });
    // Locks of servers that are no more, of both generations, without a lease.
    await put(etcd, '/lock//etcd-compact', 'gone-1-20240101-00:00:00.000000000');
    await put(etcd, '/cse/etcdsync/cse-sr/lock/global', 'gone-1-20240101-00:00:00.000000000');
    server = await startOnEtcd(etcd);
    client = new RegistryClient(server.baseUrl);
  });

  afterAll(async () => {
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
    await etcd[Symbol.asyncDispose]();
  });

  it('is found, with its instances, and their leases are renewed', async () => {
    const { instances } = await client.find('shop', 'cart', '');
    expect(instances).toEqual(new Map([['i1', 'UP']]));
    expect(await client.heartbeat(cart, 'i1')).toBe(true);
  });

  it('are tags, rules without the orphans of their indexes, and old contracts', async () => {
    const service = `registry/microservices/${cart}`;
    expect(await answerOf(client, `${service}/tags`)).toEqual({ tags: { zone: 'a' } });
    expect(await answerOf(client, `${service}/rules`)).toMatchObject({
      rules: [{ ruleId: 'r1', pattern: 'thief' }],
    });
    expect(await answerOf(client, `${service}/schemas/old`)).toEqual({ schema: 'old text' });
    // A name that the service lists and nobody has stored a text for is there, with nothing in it.
    expect(await answerOf(client, `${service}/schemas?withSchema=1`)).toEqual({
      schemas: [
        { schemaId: 'old', summary: 'old summary', schema: 'old text' },
        { schemaId: 'empty' },
      ],
    });
  });

  it('are dependencies with a version rule, from both sides', async () => {
    expect(await answerOf(client, `registry/microservices/${cart}/providers`)).toMatchObject({
      providers: [{ serviceId: price }],
    });
    expect(await answerOf(client, `registry/microservices/${price}/consumers`)).toMatchObject({
      consumers: [{ serviceId: cart }],
    });
  });

  async function found(): Promise<readonly string[]> {
    return [...(await client.find('shop', 'cart', '')).instances.keys()].toSorted();
  }

  it('is followed while it changes: an instance that another server registers, and that expires', async () => {
    const { hex, text } = await grantLease(etcd);
    await put(etcd, `/cse-sr/inst/leases/${tenant}/${cart}/i2`, text, hex);
    await put(
      etcd,
      `/cse-sr/inst/files/${tenant}/${cart}/i2`,
      { ...instanceFile, instanceId: 'i2' },
      hex,
    );
    await expect.poll(found, { timeout: 10_000 }).toEqual(['i1', 'i2']);
    await etcd.etcdctl('lease', 'revoke', hex);
    await expect.poll(found, { timeout: 10_000 }).toEqual(['i1']);
  });

  it('is taken out of the queue of dependencies, whoever put it in', async () => {
    const queue = `/cse-sr/ms/dep-queue/${tenant}/${price}`;
    // It goes with the next run, which a readable one sets off.
    await putBytes(etcd, Buffer.from(`${queue}/1`), Buffer.from([0xff]));
    await put(etcd, `${queue}/0`, {
      consumer: { tenant, appId: 'shop', serviceName: 'price', version: '1.2.0' },
      providers: [{ tenant, appId: 'shop', serviceName: 'cart', version: '0.0.0+' }],
      override: true,
    });
    await expect
      .poll(() => etcd.etcdctl('get', '--prefix', '--keys-only', queue), { timeout: 10_000 })
      .toBe('');
    const rule = `/cse-sr/ms/dep-rules/${tenant}/p//shop/cart/0.0.0+`;
    expect(await etcd.etcdctl('get', '--print-value-only', rule)).toBe(
      `{"Dependency":[{"tenant":"${tenant}","appId":"shop","serviceName":"price","version":"1.2.0"}]}\n`,
    );
  });

  it('goes without a trace of the old layout when the service goes', async () => {
    await put(etcd, `/cse-sr/ms/schemas/${tenant}/${price}/old`, 'text');
    await put(etcd, `/cse-sr/ms/rule-indexes/${tenant}/${price}/ServiceName/gone`, 'r0');
    const path = `/v4/default/registry/microservices/${price}?force=true`;
    expect(await client.send('DELETE', path)).toMatchObject({ status: 200 });
    const { keys } = await dumpKeys(etcd.gateway, '/cse-sr/ms/');
    const left = keys.filter(({ key }) => key.includes(price) && !key.includes('/dep-queue/'));
    expect(left).toEqual([]);
  });
});

describe('what nobody can read in etcd', () => {
  it('hurts no one else, neither at the start nor when it comes later, and is told', async () => {
    await using etcd = await startEtcd();
    await poisonAll(etcd, 'early');
    await putCart(etcd);
    await using server = await startOnEtcd(etcd);
    using client = new RegistryClient(server.baseUrl);
    const isWhole = async (): Promise<void> => {
      expect((await client.find('shop', 'cart', '')).instances).toEqual(new Map([['i1', 'UP']]));
      expect(await answerOf(client, `registry/microservices/${cart}`)).toMatchObject({
        service: { serviceName: 'cart' },
      });
    };
    await isWhole();
    await poisonAll(etcd, 'late');
    // What comes after the poison is seen, so the poison was seen as well.
    await client.registerInstance(cart, 'i2');
    await putPrice(etcd);
    const pricePath = `/v4/default/registry/microservices/${price}`;
    const statusOf = async (): Promise<number> => (await client.send('GET', pricePath)).status;
    await expect.poll(statusOf, { timeout: 10_000 }).toBe(200);
    expect((await client.find('shop', 'cart', '')).instances.size).toBe(2);
    await client.send('DELETE', `/v4/default/registry/microservices/${cart}/instances/i2`);
    await isWhole();
    expect(server.output).toContain('/late');
  });

  it('is read as soon as somebody repairs it', async () => {
    await using etcd = await startEtcd();
    const key = `/cse-sr/ms/files/${tenant}/${cart}`;
    await put(etcd, key, 'x');
    await using server = await startOnEtcd(etcd);
    using client = new RegistryClient(server.baseUrl);
    const path = `/v4/default/registry/microservices/${cart}`;
    expect(await client.send('GET', path)).toMatchObject({ status: 400 });
    await put(etcd, key, cartFile);
    const statusOf = async (): Promise<number> => (await client.send('GET', path)).status;
    await expect.poll(statusOf, { timeout: 10_000 }).toBe(200);
  });
});

describe('what the server stores in etcd', () => {
  it('is the layout of the reference, as etcdctl shows it', async () => {
    await using etcd = await startEtcd();
    await using server = await startOnEtcd(etcd, {
      flags: ['--set', 'registry.selfRegister=0'],
    });
    using client = new RegistryClient(server.baseUrl);
    const registry = '/v4/default/registry';
    const service = `${registry}/microservices/s1`;
    const send = async (method: string, path: string, body: unknown): Promise<void> => {
      expect(await client.send(method, path, body)).toMatchObject({ status: 200 });
    };
    await send('POST', `${registry}/microservices`, {
      service: {
        serviceId: 's1',
        appId: 'shop',
        serviceName: 'cart',
        version: '1.2.0',
        alias: 'basket',
        schemas: ['x'],
      },
      tags: { zone: 'a' },
    });
    await client.registerInstance('s1', 'i1');
    // What depends on nobody is cleaned up.
    const priceId = await client.registerService('price', 'shop');
    await send('PUT', `${service}/schemas/x`, { schema: 'text', summary: 'sum' });
    await send('POST', `${service}/rules`, {
      rules: [{ ruleType: 'BLACK', attribute: 'ServiceName', pattern: 'thief' }],
    });
    await send('PUT', `${registry}/dependencies`, {
      dependencies: [
        {
          consumer: { appId: 'shop', serviceName: 'cart', version: '1.2.0' },
          providers: [{ appId: 'shop', serviceName: 'price' }],
        },
      ],
    });
    const rules = `/cse-sr/ms/dep-rules/${tenant}`;
    await expect
      .poll(() => etcd.etcdctl('get', '--prefix', '--keys-only', rules), { timeout: 10_000 })
      .toContain(`${rules}/p//shop/price/0.0.0+`);

    const { keys } = await dumpKeys(etcd.gateway, '/cse-sr/');
    const values = new Map(keys.map(({ key, value }) => [key, value]));
    const seconds = /"(timestamp|modTimestamp)":"\d+"/g;
    const read = (key: string): string | undefined =>
      values.get(key)?.replaceAll(seconds, '"$1":""');
    const ruleId = values.get(`/cse-sr/ms/rule-indexes/${tenant}/s1/ServiceName/thief`) ?? '';
    const hash = values.get(`/cse-sr/ms/schema-ref/${tenant}/s1/x`) ?? '';
    const priceKey = `/cse-sr/ms/indexes/${tenant}//shop/price/1.0.0`;
    const lease = values.get(`/cse-sr/inst/leases/${tenant}/s1/i1`) ?? '';
    expect(new Map([...values.keys()].map((key) => [key, read(key)]))).toEqual(
      new Map([
        ['/cse-sr/domains/default', ''],
        ['/cse-sr/projects/default/default', ''],
        [
          `/cse-sr/inst/files/${tenant}/s1/i1`,
          '{"instanceId":"i1","serviceId":"s1","endpoints":["rest://10.0.0.1:8080/i1"],"hostName":"host-i1","status":"UP",' +
            '"healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"","modTimestamp":"","version":"1.2.0"}',
        ],
        [`/cse-sr/inst/leases/${tenant}/s1/i1`, lease],
        [
          `/cse-sr/ms/files/${tenant}/s1`,
          '{"serviceId":"s1","appId":"shop","serviceName":"cart","version":"1.2.0","level":"BACK","schemas":["x"],"status":"UP",' +
            '"timestamp":"","alias":"basket","modTimestamp":""}',
        ],
        [`/cse-sr/ms/indexes/${tenant}//shop/cart/1.2.0`, 's1'],
        [
          `/cse-sr/ms/files/${tenant}/${priceId}`,
          `{"serviceId":"${priceId}","appId":"shop","serviceName":"price","version":"1.0.0","level":"BACK","status":"UP",` +
            '"timestamp":"","modTimestamp":""}',
        ],
        [priceKey, priceId],
        [`/cse-sr/ms/alias/${tenant}//shop/basket/1.2.0`, 's1'],
        [`/cse-sr/ms/tags/${tenant}/s1`, '{"zone":"a"}'],
        [`/cse-sr/ms/schema-ref/${tenant}/s1/x`, hash],
        [`/cse-sr/ms/schema-sum/${tenant}/s1/x`, 'sum'],
        [`/cse-sr/ms/schema-content/${tenant}/${hash}`, 'text'],
        [
          `/cse-sr/ms/rules/${tenant}/s1/${ruleId}`,
          `{"ruleId":"${ruleId}","ruleType":"BLACK","attribute":"ServiceName","pattern":"thief","timestamp":"","modTimestamp":""}`,
        ],
        [`/cse-sr/ms/rule-indexes/${tenant}/s1/ServiceName/thief`, ruleId],
        [
          `${rules}/c//shop/cart/1.2.0`,
          `{"Dependency":[{"tenant":"${tenant}","appId":"shop","serviceName":"price","version":"0.0.0+"}]}`,
        ],
        [
          `${rules}/p//shop/price/0.0.0+`,
          `{"Dependency":[{"tenant":"${tenant}","appId":"shop","serviceName":"cart","version":"1.2.0"}]}`,
        ],
      ]),
    );
    const attached = await etcd.etcdctl(
      'lease',
      'timetolive',
      BigInt(lease).toString(16),
      '--keys',
    );
    expect(attached).toContain('granted with TTL(120s)');
    expect(attached).toContain(`/cse-sr/inst/files/${tenant}/s1/i1`);
    expect(attached).toContain(`/cse-sr/inst/leases/${tenant}/s1/i1`);
  });
});
