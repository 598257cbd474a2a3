import type { QueuedDependency } from '../../backend/dependency-repository.ts';
import { anyService, anyVersion } from '../../model/dependency.ts';
import type { MicroServiceKey } from '../../model/microservice.ts';
import { defaultTenant, formatTenant, type Tenant } from '../../model/tenant.ts';
import type { Position } from '../../source/position.ts';
import type { ResourceRecord } from '../../source/resource.ts';
import type { BackendFixture } from './backend-fixture.ts';

/** A tenant beside the default one. */
export const otherTenant: Tenant = { domain: 'other', project: 'default' };

/** The consumer of most tests. */
export const cart: MicroServiceKey = keyOf('cart');

/** A provider of any version. */
export const price: MicroServiceKey = keyOf('price', anyVersion);

/** Another provider of any version. */
export const stock: MicroServiceKey = keyOf('stock', anyVersion);

/** `c cart 1.0.0` or `p price 0.0.0+` to what is stored there. */
export async function rules(store: BackendFixture): Promise<Record<string, readonly string[]>> {
  const stored = await store.stored('DEPENDENCY_RULE');
  return Object.fromEntries(
    stored.map(({ identity, value }) => [
      `${identity.side} ${identity.serviceName} ${identity.version}`,
      value.Dependency.map(({ serviceName, version }) => `${serviceName} ${version}`),
    ]),
  );
}

/** Applies everything that waits, oldest first; returns where the store stands then. */
export async function applyAll(store: BackendFixture): Promise<Position> {
  for (const change of await store.backend.dependencies.listQueue()) {
    await store.backend.dependencies.apply(change);
  }
  return store.position();
}

/** The oldest change that waits. */
export async function oldestOf(store: BackendFixture): Promise<ResourceRecord<'DEPENDENCY_QUEUE'>> {
  const [first] = await store.backend.dependencies.listQueue();
  if (first === undefined) throw new Error('nothing waits in the queue');
  return first;
}

/** Puts one change into the queue. */
export async function enqueue(
  store: BackendFixture,
  serviceId: string,
  kind: QueuedDependency['kind'],
  consumer: MicroServiceKey,
  providers: readonly MicroServiceKey[],
): Promise<void> {
  await store.backend.dependencies.enqueue([queued(serviceId, kind, consumer, providers)]);
}

/** A change of the default tenant. */
export function queued(
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

/** The name of a service in production. */
export function keyOf(serviceName: string, version = '1.0.0'): MicroServiceKey {
  return {
    tenant: formatTenant(defaultTenant),
    environment: 'production',
    appId: serviceName === anyService ? '' : 'shop',
    serviceName,
    alias: '',
    version,
  };
}
