import type { ResourceRecord } from '@service-center/sdcommon';

import type { LogEntry } from './log-entry.ts';
import type { StreamSubscriber } from './stream-subscriber.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** Which services a subscriber may see, and might see when it was last asked. */
export class StreamPermissions {
  readonly #subscriber: StreamSubscriber;
  /** The keys of the services that it might not see. */
  #denied = new Set<string>();

  constructor(subscriber: StreamSubscriber) {
    this.#subscriber = subscriber;
  }

  /** Whether a subscriber may not see everything. */
  static isLimited(subscriber: StreamSubscriber): boolean {
    return subscriber.permits !== undefined;
  }

  /** Asks about each service of a stream's topics; what was known before is forgotten. */
  review(services: Iterable<ServiceRecord>): void {
    this.#denied = new Set();
    for (const service of services) {
      if (!this.permits(service)) this.#denied.add(service.key);
    }
  }

  /** Whether a service was to be seen when it was last asked about. */
  allows(service: ServiceRecord): boolean {
    return !this.#denied.has(service.key);
  }

  /** Asks about the services again. @returns whether an answer is another than it was */
  hasChanged(services: Iterable<ServiceRecord>): boolean {
    for (const service of services) {
      if (this.permits(service) !== this.allows(service)) return true;
    }
    return false;
  }

  /**
   * Asks about the service of a change.
   *
   * @returns undefined when the answer is another than it was: the stream has to start over
   */
  ask({ action, resource, service }: LogEntry): boolean | undefined {
    const is = this.permits(service);
    if (resource.type === 'SERVICE' && action === 'CREATE') {
      if (is) this.#denied.delete(service.key);
      else this.#denied.add(service.key);
      return is;
    }
    return is === this.allows(service) ? is : undefined;
  }

  /** Asks about a service. */
  permits(service: ServiceRecord): boolean {
    return this.#subscriber.permits?.(service) ?? true;
  }
}
