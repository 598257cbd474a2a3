import { describe, expect } from 'vitest';

import type { QueuedDependency } from '../../backend/dependency-repository.ts';
import { anyService, anyVersion } from '../../model/dependency.ts';
import type { MicroServiceKey } from '../../model/microservice.ts';
import { defaultTenant, formatTenant, type Tenant } from '../../model/tenant.ts';
import type { ResourceRecord } from '../../source/resource.ts';
import type { BackendFixture, BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'other', project: 'default' };
const cart = keyOf('cart');
const price = keyOf('price', anyVersion);
const stock = keyOf('stock', anyVersion);

/** Dependencies of services and the queue of their changes (spec 02 §1.6, spec 04 §2.4 to §2.6). */
export function describeDependencies(it: BackendTest): void {
  describe('dependency queue', () => {
    it('lists what waits, oldest change first', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'a-1', 'override', keyOf('a'), [price]);
      await enqueue(store, 'b-1', 'find', keyOf('b'), [price]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);

      const waiting = await store.backend.dependencies.listQueue();
      expect(waiting.map(({ identity }) => identity.serviceId)).toEqual([
        'cart-1',
        'a-1',
        'b-1',
        'cart-1',
      ]);
      expect(waiting[0]).toMatchObject({
        identity: { tenant: defaultTenant },
        value: { consumer: cart, providers: [price], override: false },
      });
      expect(await store.stored('DEPENDENCY_QUEUE')).toHaveLength(4);
    });

    it('holds one override of a consumer, the last one, at its place in time', async ({
      store,
    }) => {
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      await enqueue(store, 'a-1', 'add', keyOf('a'), [price]);
      await enqueue(store, 'cart-1', 'override', cart, [stock]);

      expect(await store.backend.dependencies.listQueue()).toMatchObject([
        { identity: { serviceId: 'a-1' } },
        { identity: { serviceId: 'cart-1' }, value: { providers: [stock], override: true } },
      ]);
    });

    it('holds one find of the same provider by the same consumer', async ({ store }) => {
      await enqueue(store, 'cart-1', 'find', cart, [price]);
      const before = await store.position();
      await enqueue(store, 'cart-1', 'find', cart, [price]);
      expect(await store.position()).toEqual(before);
      await enqueue(store, 'cart-1', 'find', cart, [stock]);
      await enqueue(store, 'a-1', 'find', keyOf('a'), [price]);

      expect(await store.backend.dependencies.listQueue()).toHaveLength(3);
    });

    it('takes several changes in one transaction', async ({ store }) => {
      const { position } = await store.shown(
        store.backend.dependencies.enqueue([
          queued('cart-1', 'override', cart, [price]),
          queued('a-1', 'add', keyOf('a'), [price]),
          { ...queued('b-1', 'add', keyOf('b'), [price]), tenant: otherTenant },
        ]),
      );

      const waiting = await store.stored('DEPENDENCY_QUEUE', position);
      expect(waiting).toHaveLength(3);
      expect(new Set(waiting.map(({ modRevision }) => modRevision)).size).toBe(1);
    });
  });

  describe('dependency rules', () => {
    it('name the providers of a consumer and the consumers of a provider', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      await applyAll(store);

      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 0.0.0+', 'stock 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
      const [consumerSide] = await store.stored('DEPENDENCY_RULE');
      expect(consumerSide).toMatchObject({
        identity: {
          side: 'c',
          tenant: defaultTenant,
          environment: 'production',
          appId: 'shop',
          serviceName: 'cart',
          version: '1.0.0',
        },
        value: { Dependency: [price, stock] },
      });
    });

    it('and the queue change in one transaction', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      const before = await store.caughtUp();
      const recorder = store.record(store.backend.feed, before);
      await recorder.reached(await applyAll(store));

      const showing = recorder.responses.filter(({ changes }) => changes.length > 0);
      expect(showing).toHaveLength(1);
      expect(showing[0]?.changes.map(({ action, type }) => `${action} ${type}`).toSorted()).toEqual(
        [
          'delete DEPENDENCY_QUEUE',
          'put DEPENDENCY_RULE',
          'put DEPENDENCY_RULE',
          'put DEPENDENCY_RULE',
        ],
      );
    });

    it('grow by an addition', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);
      await enqueue(store, 'a-1', 'add', keyOf('a'), [price]);
      await applyAll(store);

      const { 'c cart 1.0.0': providers, ...others } = await rules(store);
      expect(providers?.toSorted()).toEqual(['price 0.0.0+', 'stock 0.0.0+']);
      expect(others).toEqual({
        'c a 1.0.0': ['price 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0', 'a 1.0.0'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('change their version by an addition of the same name', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [keyOf('price', '1.0.0+')]);
      await enqueue(store, 'cart-1', 'add', cart, [keyOf('price', '1.0.0-3.0.0')]);
      await applyAll(store);

      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 1.0.0-3.0.0'],
        'p price 1.0.0-3.0.0': ['cart 1.0.0'],
      });
    });

    it('are replaced by an override, and gone when it names none', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      await enqueue(store, 'cart-1', 'override', cart, [stock, keyOf('mail', anyVersion)]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['stock 0.0.0+', 'mail 0.0.0+'],
        'p stock 0.0.0+': ['cart 1.0.0'],
        'p mail 0.0.0+': ['cart 1.0.0'],
      });
      await enqueue(store, 'cart-1', 'override', cart, []);
      await applyAll(store);

      expect(await rules(store)).toEqual({});
    });

    it('may name every service', async ({ store }) => {
      const everything = keyOf(anyService, '');
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'cart-1', 'add', cart, [everything]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored).toHaveLength(2);
      expect(stored.find(({ identity }) => identity.side === 'p')).toMatchObject({
        identity: { tenant: defaultTenant, environment: 'production', serviceName: anyService },
        value: { Dependency: [cart] },
      });
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('belong to the tenant of the queue when the keys name none', async ({ store }) => {
      const nowhere = { tenant: '' };
      await store.backend.dependencies.enqueue([
        {
          ...queued('cart-1', 'add', { ...cart, ...nowhere }, [{ ...price, ...nowhere }]),
          tenant: otherTenant,
        },
      ]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored.map(({ identity }) => [identity.side, identity.tenant])).toEqual([
        ['c', otherTenant],
        ['p', otherTenant],
      ]);
      expect(stored[0]?.value.Dependency[0]?.tenant).toBe(formatTenant(otherTenant));
    });

    it('may cross tenants', async ({ store }) => {
      const foreign = { ...price, tenant: formatTenant(otherTenant) };
      await enqueue(store, 'cart-1', 'add', cart, [foreign]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored.map(({ identity }) => [identity.side, identity.tenant])).toEqual([
        ['c', defaultTenant],
        ['p', otherTenant],
      ]);
    });

    it('stay the same when a change is applied twice', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      const change = await oldestOf(store);
      await store.backend.dependencies.apply(change);
      const applied = await rules(store);
      await store.backend.dependencies.apply(change);

      expect(await rules(store)).toEqual(applied);
      expect(await store.backend.dependencies.listQueue()).toEqual([]);
    });

    it('follow a change that was rewritten while it was applied', async ({ store }) => {
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      const outdated = await oldestOf(store);
      await enqueue(store, 'cart-1', 'override', cart, [stock]);
      await store.backend.dependencies.apply(outdated);

      expect(await store.backend.dependencies.listQueue()).toMatchObject([
        { value: { providers: [stock] } },
      ]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['stock 0.0.0+'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('are not held up by a change that names no consumer', async ({ store }) => {
      await store.backend.dependencies.enqueue([
        {
          tenant: defaultTenant,
          serviceId: 'cart-1',
          kind: 'add',
          dependency: { consumer: undefined, providers: [price], override: false },
        },
      ]);
      await applyAll(store);

      expect(await store.backend.dependencies.listQueue()).toEqual([]);
      expect(await rules(store)).toEqual({});
    });

    it('may be more than fit into one request of a store', async ({ store }) => {
      const providers = Array.from({ length: 150 }, (_, index) =>
        keyOf(`provider-${index}`, anyVersion),
      );
      await enqueue(store, 'cart-1', 'add', cart, providers);
      await applyAll(store);
      expect(await store.stored('DEPENDENCY_RULE')).toHaveLength(151);
      await enqueue(store, 'cart-1', 'override', cart, []);
      await applyAll(store);

      expect(await rules(store)).toEqual({});
    });

    describe('cleaned up', () => {
      it('lose the services that no longer exist, and only those', async ({ store }) => {
        const environment = 'production';
        await store.registerService({ environment });
        await store.registerService({ environment, serviceId: 'p', serviceName: 'price' });
        await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
        await enqueue(store, 'a-1', 'add', keyOf('a'), [keyOf(anyService, '')]);
        await applyAll(store);
        await store.shown(store.backend.dependencies.cleanUp(defaultTenant));

        const { 'c cart 1.0.0': providers, 'p price 0.0.0+': consumers } = await rules(store);
        expect(providers).toEqual(['price 0.0.0+']);
        expect(consumers).toEqual(['cart 1.0.0']);
        const left = await store.stored('DEPENDENCY_RULE');
        expect(left.map(({ identity }) => `${identity.side} ${identity.serviceName}`)).toEqual(
          expect.arrayContaining(['c cart', 'p price', `p ${anyService}`]),
        );
        expect(left.some(({ identity }) => identity.serviceName === 'stock')).toBe(false);
      });

      it('keep a provider that is known by its alias', async ({ store }) => {
        const environment = 'production';
        await store.registerService({ environment });
        await store.registerService({
          environment,
          serviceId: 'p',
          serviceName: 'price-service',
          alias: 'price',
        });
        await enqueue(store, 'cart-1', 'add', cart, [price]);
        await applyAll(store);
        const before = await rules(store);
        await store.backend.dependencies.cleanUp(defaultTenant);

        expect(await rules(store)).toEqual(before);
      });

      it('of one tenant leave the others alone', async ({ store }) => {
        await enqueue(store, 'cart-1', 'add', cart, [price]);
        await applyAll(store);
        const before = await rules(store);
        await store.backend.dependencies.cleanUp(otherTenant);
        expect(await rules(store)).toEqual(before);
        await store.backend.dependencies.cleanUp(defaultTenant);

        expect(await rules(store)).toEqual({});
      });

      it('forget a deleted service on both sides', async ({ store }) => {
        const environment = 'production';
        await store.registerService({ environment });
        await store.registerService({ environment, serviceId: 'p', serviceName: 'price' });
        await enqueue(store, 'cart-1', 'add', cart, [price]);
        await enqueue(store, 'p', 'add', keyOf('price'), [keyOf('cart', anyVersion)]);
        await applyAll(store);
        await store.backend.services.delete(defaultTenant, 'p', false);
        await applyAll(store);
        await store.backend.dependencies.cleanUp(defaultTenant);

        expect(await rules(store)).toEqual({});
      });
    });
  });
}

/** `c cart 1.0.0` or `p price 0.0.0+` to what is stored there. */
async function rules(store: BackendFixture): Promise<Record<string, readonly string[]>> {
  const stored = await store.stored('DEPENDENCY_RULE');
  return Object.fromEntries(
    stored.map(({ identity, value }) => [
      `${identity.side} ${identity.serviceName} ${identity.version}`,
      value.Dependency.map(({ serviceName, version }) => `${serviceName} ${version}`),
    ]),
  );
}

async function applyAll(store: BackendFixture) {
  for (const change of await store.backend.dependencies.listQueue()) {
    await store.backend.dependencies.apply(change);
  }
  return store.position();
}

async function oldestOf(store: BackendFixture): Promise<ResourceRecord<'DEPENDENCY_QUEUE'>> {
  const [first] = await store.backend.dependencies.listQueue();
  if (first === undefined) throw new Error('nothing waits in the queue');
  return first;
}

async function enqueue(
  store: BackendFixture,
  serviceId: string,
  kind: QueuedDependency['kind'],
  consumer: MicroServiceKey,
  providers: readonly MicroServiceKey[],
): Promise<void> {
  await store.backend.dependencies.enqueue([queued(serviceId, kind, consumer, providers)]);
}

function queued(
  serviceId: string,
  kind: QueuedDependency['kind'],
  consumer: MicroServiceKey,
  providers: readonly MicroServiceKey[],
): QueuedDependency {
  return {
    tenant: defaultTenant,
    serviceId,
    kind,
    dependency: { consumer, providers, override: kind === 'override' },
  };
}

function keyOf(serviceName: string, version = '1.0.0'): MicroServiceKey {
  return {
    tenant: formatTenant(defaultTenant),
    environment: 'production',
    appId: serviceName === anyService ? '' : 'shop',
    serviceName,
    alias: '',
    version,
  };
}
