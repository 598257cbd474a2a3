import { describe, expect } from 'vitest';

import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';

/** Both sides of dependency rules (spec 02 §1.6). */
export function describeDependencyStorage(it: KvBackendTest): void {
  describe('dependency rules', () => {
    it('of more providers than one transaction holds are all applied', async ({ servers }) => {
      const names = Array.from({ length: 300 }, (_, index) => `p${index}`);
      await declare(servers, names);
      expect(await servers.records('/cse-sr/ms/dep-rules/{DP}/p/')).toHaveLength(300);
      expect(await servers.records('/cse-sr/ms/dep-queue/{DP}/')).toEqual([]);

      await declare(servers, names.slice(0, 1));
      const left = await servers.records('/cse-sr/ms/dep-rules/{DP}/p/');
      expect(left.map(({ key }) => key)).toEqual([
        servers.key('/cse-sr/ms/dep-rules/{DP}/p//shop/p0/0.0.0+'),
      ]);
    });

    it('have a tenant and a version, even where the queued change left them out', async ({
      servers,
    }) => {
      await servers.putRaw(
        '/cse-sr/ms/dep-queue/{DP}/cart-1/0',
        '{"consumer":{"appId":"shop","serviceName":"cart","version":"1.0.0"},"providers":[{"appId":"shop","serviceName":"till"}],"override":true}',
      );
      await servers.applyQueue();

      const { domain } = servers.tenant;
      expect(await servers.value('/cse-sr/ms/dep-rules/{DP}/c//shop/cart/1.0.0')).toBe(
        `{"Dependency":[{"tenant":"${domain}/default","appId":"shop","serviceName":"till","version":"0.0.0+"}]}`,
      );
      expect(await servers.value('/cse-sr/ms/dep-rules/{DP}/p//shop/till/0.0.0+')).toBe(
        `{"Dependency":[{"tenant":"${domain}/default","appId":"shop","serviceName":"cart","version":"1.0.0"}]}`,
      );
    });

    it('never get a key that could not be read', async ({ servers }) => {
      const providers = ['a/b', '', 'good'].map((serviceName) => ({
        serviceName,
        appId: 'shop',
        version: '1.0.0',
      }));
      await servers.putRaw(
        '/cse-sr/ms/dep-queue/{DP}/cart-1/0',
        JSON.stringify({
          consumer: { appId: 'shop', serviceName: 'cart', version: '1.0.0' },
          providers: [...providers, { tenant: 'nowhere', ...providers[2] }],
          override: true,
        }),
      );
      await servers.putRaw(
        '/cse-sr/ms/dep-queue/{DP}/cart-2/0',
        '{"providers":[{"serviceName":"good"}]}',
      );
      await servers.applyQueue();

      const keys = (await servers.records('/cse-sr/ms/dep-rules/{DP}/')).map(({ key }) => key);
      expect(keys).toEqual([
        servers.key('/cse-sr/ms/dep-rules/{DP}/c//shop/cart/1.0.0'),
        servers.key('/cse-sr/ms/dep-rules/{DP}/p//shop/good/1.0.0'),
      ]);
      expect(await servers.records('/cse-sr/ms/dep-queue/{DP}/')).toEqual([]);
    });

    it('replace what cannot be read', async ({ servers }) => {
      await servers.putRaw('/cse-sr/ms/dep-rules/{DP}/c//shop/till/1.0.0', '{');
      await servers.putRaw('/cse-sr/ms/dep-rules/{DP}/p//shop/p0/0.0.0+', '[]');
      await declare(servers, ['p0']);

      expect(await servers.value('/cse-sr/ms/dep-rules/{DP}/p//shop/p0/0.0.0+')).toContain(
        '"till"',
      );
      expect(await servers.value('/cse-sr/ms/dep-rules/{DP}/c//shop/till/1.0.0')).toContain('"p0"');
    });

    it('are all cleaned up when many services are gone', async ({ servers }) => {
      await servers.registerService({ serviceName: 'p7', serviceId: 'p7' });
      await servers.registerService({ serviceName: 'real', serviceId: 'p8', alias: 'p8' });
      await declare(servers, ['*', ...Array.from({ length: 200 }, (_, index) => `p${index}`)]);
      await servers.backend.dependencies.cleanUp(servers.tenant);

      const keys = (await servers.records('/cse-sr/ms/dep-rules/{DP}/p/')).map(({ key }) => key);
      expect(keys).toEqual([
        servers.key('/cse-sr/ms/dep-rules/{DP}/p//*'),
        servers.key('/cse-sr/ms/dep-rules/{DP}/p//shop/p7/0.0.0+'),
        servers.key('/cse-sr/ms/dep-rules/{DP}/p//shop/p8/0.0.0+'),
      ]);
      const consumer = await servers.value('/cse-sr/ms/dep-rules/{DP}/c//shop/till/1.0.0');
      expect(consumer?.match(/"serviceName":"[^"]+"/g)).toEqual([
        '"serviceName":"*"',
        '"serviceName":"p7"',
        '"serviceName":"p8"',
      ]);
    });

    it('applied by two servers at once all stay', async ({ servers }) => {
      const consumers = Array.from({ length: 10 }, (_, index) => `till-${index}`);
      for (const name of consumers) await queue(servers, name, ['cart'], 'add');
      const queued = await servers.backend.dependencies.listQueue();
      await Promise.all(
        queued.map((entry, index) =>
          (index % 2 === 0 ? servers.backend : servers.other).dependencies.apply(entry),
        ),
      );

      const value = await servers.value('/cse-sr/ms/dep-rules/{DP}/p//shop/cart/0.0.0+');
      for (const name of consumers) expect(value).toContain(`"serviceName":"${name}"`);
      expect(await servers.records('/cse-sr/ms/dep-queue/{DP}/')).toEqual([]);
    });

    it('applied twice are as if applied once', async ({ servers }) => {
      await queue(servers, 'till', ['p0'], 'override');
      const [queued] = await servers.backend.dependencies.listQueue();
      if (queued === undefined) throw new Error('nothing is queued');
      await Promise.all([
        servers.backend.dependencies.apply(queued),
        servers.other.dependencies.apply(queued),
      ]);
      const before = await servers.kv.currentRevision();
      await servers.backend.dependencies.apply(queued);

      expect(await servers.kv.currentRevision()).toBe(before);
      const value = await servers.value('/cse-sr/ms/dep-rules/{DP}/p//shop/p0/0.0.0+');
      expect(value?.match(/"till"/g)).toHaveLength(1);
    });
  });
}

/** Makes the names the only providers of the service `till`. */
async function declare(servers: KvBackendFixture, names: readonly string[]): Promise<void> {
  await queue(servers, 'till', names, 'override');
  await servers.applyQueue();
}

async function queue(
  servers: KvBackendFixture,
  consumer: string,
  names: readonly string[],
  kind: 'override' | 'add',
): Promise<void> {
  const tenant = `${servers.tenant.domain}/${servers.tenant.project}`;
  const key = { tenant, environment: '', appId: 'shop', alias: '' };
  await servers.backend.dependencies.enqueue([
    {
      tenant: servers.tenant,
      serviceId: `${consumer}-1`,
      kind,
      dependency: {
        consumer: { ...key, serviceName: consumer, version: '1.0.0' },
        providers: names.map((serviceName) => ({ ...key, serviceName, version: '0.0.0+' })),
        override: kind === 'override',
      },
    },
  ]);
}
