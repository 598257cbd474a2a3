import type { Aggregator } from '@service-center/aggregator';
import type { ResourceRecord, ServiceIdentity } from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import type { PushFrame } from './push-frame.ts';
import { listedFrame } from './push-frames.ts';
import type { Subscriber } from './subscriber.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** A provider with the instances it has. */
type ListedProvider = readonly [ServiceRecord, readonly ResourceRecord<'INSTANCE'>[]];

/** What an {@link InstanceListing} works with. */
export interface InstanceListingOptions {
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
  readonly resolver: DependencyResolver;
  readonly recorder: DependencyRecorder;
  readonly access: AccessPolicy;
}

/** Lists the instances that the providers of a consumer have, as `INIT` events (spec 04 §5.1). */
export class InstanceListing {
  readonly #options: InstanceListingOptions;

  constructor(options: InstanceListingOptions) {
    this.#options = options;
  }

  /**
   * Lists what the caches hold now. An event is encoded when it is asked for, so that a slow subscriber with many
   * instances costs no memory for their texts.
   */
  open(consumer: ServiceIdentity, subscriber: Subscriber): Iterator<PushFrame, undefined> {
    const listed: ListedProvider[] = [];
    for (const provider of this.#providersOf(consumer)) {
      if (subscriber.permits?.(provider) === false) continue;
      const { tenant, serviceId } = provider.identity;
      const records = this.#options.instances.ofService(tenant, serviceId);
      if (records.length > 0) listed.push([provider, records]);
    }
    return pushes(listed);
  }

  /** The providers a consumer depends on and may use, those of finds that were just answered included. */
  #providersOf({ tenant, serviceId }: ServiceIdentity): Iterable<ServiceRecord> {
    const { services, resolver, recorder, access } = this.#options;
    const consumer = services.get(tenant, serviceId);
    if (consumer === undefined) return [];
    const providers = new Map<string, ServiceRecord>();
    for (const provider of [
      ...resolver.providers(tenant, consumer.value),
      ...recorder.pendingProviders(consumer),
    ]) {
      if (access.allows(consumer, provider)) providers.set(provider.key, provider);
    }
    return providers.values();
  }
}

function* pushes(listed: readonly ListedProvider[]): Generator<PushFrame, undefined> {
  for (const [provider, records] of listed) {
    for (const { encoded } of records) yield listedFrame(provider, encoded);
  }
  return undefined;
}
