import { setTimeout as sleep } from 'node:timers/promises';

import type { RegistryClient } from '@service-center/testbed';

/** A provider with one instance. */
export interface PushProvider {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly instanceId: string;
}

const atOnce = 100;
// The instances are to outlive any measurement.
const longLease = { interval: 600, times: 3 };

/** Does something for each of some numbers, many at a time. @returns the results in order */
async function forEach<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = Array.from({ length: count });
  const indices = results.keys();
  const work = async (): Promise<void> => {
    for (const index of indices) results[index] = await make(index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** Registers providers. */
export function registerProviders(
  client: RegistryClient,
  name: string,
  count: number,
): Promise<readonly PushProvider[]> {
  return forEach(count, async (index) => {
    const serviceName = `${name}-${index}`;
    const serviceId = await client.registerService(serviceName);
    const instanceId = `instance-of-${serviceName}`;
    await client.registerInstance(serviceId, instanceId, longLease);
    return { serviceId, serviceName, instanceId };
  });
}

/**
 * Registers consumers, each of which has found one provider, and waits until the registry has stored who depends on
 * whom.
 *
 * @param providerOf - the provider of each consumer
 * @returns their ids
 */
export async function registerConsumers(
  client: RegistryClient,
  name: string,
  providerOf: readonly PushProvider[],
): Promise<readonly string[]> {
  const ids = await forEach(providerOf.length, async (index) => {
    const consumerId = await client.registerService(`${name}-${index}`);
    await findOnce(client, consumerId, providerOf[index]?.serviceName ?? '');
    return consumerId;
  });
  await forEach(ids.length, (index) => untilDependent(client, ids[index] ?? ''));
  return ids;
}

/** Changes the status of a provider's instance. @throws Error when it is refused */
export async function changeStatus(
  client: RegistryClient,
  { serviceId, instanceId }: PushProvider,
  status: 'UP' | 'OUTOFSERVICE',
): Promise<void> {
  const path = `/v4/default/registry/microservices/${serviceId}/instances/${instanceId}/status?value=${status}`;
  const answer = await client.send('PUT', path);
  if (answer.status !== 200)
    throw new Error(`the change answered ${answer.status}: ${answer.body}`);
}

async function findOnce(
  client: RegistryClient,
  consumerId: string,
  serviceName: string,
): Promise<void> {
  const query = new URLSearchParams({ appId: 'testbed', serviceName, version: '0+' });
  const path = `/v4/default/registry/instances?${query.toString()}`;
  const answer = await client.send('GET', path, undefined, { 'X-ConsumerId': consumerId });
  if (answer.status !== 200) throw new Error(`a find answered ${answer.status}: ${answer.body}`);
}

async function untilDependent(client: RegistryClient, consumerId: string): Promise<void> {
  const path = `/v4/default/registry/microservices/${consumerId}/providers`;
  for (let attempt = 0; attempt < 600; attempt++) {
    const { body } = await client.send('GET', path);
    if (body.includes('"serviceId"')) return;
    await sleep(100);
  }
  throw new Error(`the provider of ${consumerId} was not stored`);
}
