import { dumpKeys, type EtcdNode, type RegistryClient } from '@service-center/testbed';
import { Etcd3, type IRequestOp } from 'etcd3';

const serviceName = 'template-service';
const instanceId = 'template-instance';
const serviceOperations = 120;
const atOnce = 16;

/** How large a registry is to be. */
export interface RegistrySize {
  readonly services: number;
  readonly instancesPerService: number;
}

/**
 * Fills an etcd with copies of one service and its instance, which a server has written: what a server stores is its own
 * affair. The instances of a service share a lease.
 *
 * @returns how many instances there are
 */
export async function fillRegistry(
  etcd: EtcdNode,
  server: RegistryClient,
  { services, instancesPerService }: RegistrySize,
): Promise<number> {
  const serviceId = await server.registerService(serviceName);
  await server.registerInstance(serviceId, instanceId);
  const { keys } = await dumpKeys(etcd.gateway, '/cse-sr/');
  const ofService = keys.filter(
    ({ lease, key, value }) => lease === 0n && (key + value).includes(serviceId),
  );
  const ofInstance = keys.filter(({ key }) => key.includes(instanceId));
  const client = new Etcd3({ hosts: etcd.url });
  try {
    const writeService = async (index: number): Promise<void> => {
      const names = [
        [serviceName, `service-${index}`],
        [serviceId, index.toString(16).padStart(serviceId.length, 'f')],
      ] as const;
      const { ID } = await client.leaseClient.leaseGrant({ TTL: '3600' });
      const puts = ofService.map(({ key, value }) => put(key, value, names));
      for (let instance = 0; instance < instancesPerService; instance++) {
        const own = [...names, [instanceId, `instance-${index}-${instance}`]] as const;
        puts.push(
          ...ofInstance.map(({ key, value, lease }) =>
            put(key, value, [...own, [String(lease), ID]], ID),
          ),
        );
      }
      for (let first = 0; first < puts.length; first += serviceOperations) {
        await client.kv.txn({ success: puts.slice(first, first + serviceOperations) });
      }
    };
    const indices = Array.from({ length: services }, (_, index) => index).values();
    const work = async (): Promise<void> => {
      for (const index of indices) await writeService(index);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return services * instancesPerService + 1;
  } finally {
    client.close();
  }
}

function put(
  key: string,
  value: string,
  names: readonly (readonly [from: string, to: string])[],
  lease = '0',
): IRequestOp {
  const renamed = (text: string): Buffer =>
    Buffer.from(names.reduce((result, [from, to]) => result.replaceAll(from, to), text));
  return { request_put: { key: renamed(key), value: renamed(value), lease } };
}
