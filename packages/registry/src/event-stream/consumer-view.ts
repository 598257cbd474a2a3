import type { ServiceIdentity } from '@service-center/sdcommon';

import type { LogEntry } from './log-entry.ts';
import type { Stream } from './stream.ts';
import { serviceTopicKey, type ServiceKeys } from './topic-keys.ts';

/** Services by their topic keys. */
export type Providers = ReadonlyMap<string, ServiceIdentity>;

/** A deleted service that was in a view. */
export interface Departed {
  readonly identity: ServiceIdentity;
  /** Sequence number of its deletion. */
  readonly sequence: number;
}

/** The providers that the streams of one consumer are told of. */
export class ConsumerView {
  readonly consumer: ServiceIdentity;
  /** Names the consumer as `serviceTopicKey` does. */
  readonly key: string;
  /** All streams that have it. */
  readonly streams = new Set<Stream>();
  /** Those of them that take a change at once. */
  readonly live = new Set<Stream>();
  #providers: Map<string, ServiceIdentity>;
  /**
   * Deleted services that were in the view, in the order of their deletions: a stream that is behind has yet to be told
   * what happened to them before, and instances may go after their service.
   */
  readonly #departed = new Map<string, Departed>();

  constructor(consumer: ServiceIdentity, providers: Providers) {
    this.consumer = consumer;
    this.key = serviceTopicKey(consumer.tenant, consumer.serviceId);
    this.#providers = new Map(providers);
  }

  /** The providers that exist. */
  get providers(): Providers {
    return this.#providers;
  }

  /** Whether the view is told of a service. */
  covers({ service }: ServiceKeys): boolean {
    return this.#providers.has(service) || this.#departed.has(service);
  }

  /** A provider was created. */
  add(serviceKey: string, provider: ServiceIdentity): void {
    this.#departed.delete(serviceKey);
    this.#providers.set(serviceKey, provider);
  }

  /** A provider was deleted. */
  depart({ keys, service, sequence }: LogEntry): void {
    this.#providers.delete(keys.service);
    this.#departed.delete(keys.service);
    this.#departed.set(keys.service, { identity: service.identity, sequence });
  }

  /** The deleted services it still covers. */
  get departed(): ReadonlyMap<string, Departed> {
    return this.#departed;
  }

  /** A deleted service needs to be covered no longer. */
  forget(serviceKey: string): void {
    this.#departed.delete(serviceKey);
  }

  /** Begins anew with other providers. */
  replace(providers: Providers): void {
    this.#providers = new Map(providers);
    this.#departed.clear();
  }
}
