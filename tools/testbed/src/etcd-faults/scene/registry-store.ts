import { setTimeout as sleep } from 'node:timers/promises';

import { FieldReader, readMicroService, readMicroServiceInstance } from '@service-center/sdcommon';

import { field, type EtcdGateway } from '../../etcd/etcd-gateway.ts';
import type { EtcdCluster } from '../../etcd/etcd-cluster.ts';
import { dumpKeys, type EtcdKey, type EtcdKeyDump } from '../../etcd/key-dump.ts';
import { instanceState, serviceState } from '../../push/client/received-frames.ts';
import type { ObjectState } from '../../push/log/push-log.ts';

const root = '/cse-sr/';
const servicePrefix = `${root}ms/files/default/default/`;
const instancePrefix = `${root}inst/files/default/default/`;
const lockPrefix = '/lock/';
const retryMs = 50;

/** The truth: what the etcd cluster holds, read past everything that may be broken (spec 02 §1.1). */
export class RegistryStore {
  readonly #cluster: EtcdCluster;

  constructor(cluster: EtcdCluster) {
    this.#cluster = cluster;
  }

  /**
   * The state of an object; undefined when it is not stored. Waits for as long as the cluster does not answer.
   *
   * @throws the signal's reason
   */
  async stateOf(
    { serviceId, instanceId }: Omit<ObjectState, 'state'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const key =
      instanceId === undefined
        ? `${servicePrefix}${serviceId}`
        : `${instancePrefix}${serviceId}/${instanceId}`;
    const answer = await this.#ask(signal, (gateway) =>
      gateway.call('/v3/kv/range', { key: Buffer.from(key).toString('base64') }),
    );
    const records = field(answer, 'kvs') ?? [];
    if (!Array.isArray(records)) throw new Error('a range without a list of keys');
    const found: readonly unknown[] = records;
    const value = field(found[0], 'value');
    if (typeof value !== 'string') return undefined;
    return readState(key, Buffer.from(value, 'base64').toString())?.state;
  }

  /** All keys of the registry. @throws the signal's reason */
  dump(signal: AbortSignal): Promise<EtcdKeyDump> {
    return this.#ask(signal, (gateway) => dumpKeys(gateway, root));
  }

  /** All services and instances. @throws the signal's reason */
  async objects(signal: AbortSignal): Promise<readonly ObjectState[]> {
    const { keys } = await this.dump(signal);
    return keys.flatMap(({ key, value }: EtcdKey) => readState(key, value) ?? []);
  }

  /** Waits until no server holds a lock (spec 02 §1.5). @throws the signal's reason */
  async untilUnlocked(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { keys } = await this.#ask(signal, (gateway) => dumpKeys(gateway, lockPrefix));
      if (keys.length === 0) return;
      await sleep(retryMs, undefined, { signal });
    }
  }

  async #ask<T>(signal: AbortSignal, ask: (gateway: EtcdGateway) => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const running = this.#cluster.members.filter(({ node }) => node.isRunning);
      try {
        return await Promise.any(running.map(({ node }) => ask(node.gateway)));
      } catch (error) {
        // No member answers now; what stands between the cluster and that is the fault under test.
        if (!(error instanceof AggregateError)) throw error;
      }
      await sleep(retryMs, undefined, { signal });
    }
  }
}

function readState(key: string, value: string): ObjectState | undefined {
  if (key.startsWith(servicePrefix))
    return serviceState(readMicroService(FieldReader.parse(value)));
  if (key.startsWith(instancePrefix))
    return instanceState(readMicroServiceInstance(FieldReader.parse(value)));
  return undefined;
}
