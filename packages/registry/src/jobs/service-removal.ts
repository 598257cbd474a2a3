import type { Aggregator } from '@service-center/aggregator';
import {
  ServiceCenterError,
  type Clock,
  type Logger,
  type ResourceRecord,
  type ServiceRepository,
} from '@service-center/sdcommon';

import type { JobRun } from './background-job.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What a {@link ServiceRemoval} works with. */
export interface ServiceRemovalOptions {
  readonly aggregator: Pick<Aggregator, 'cache' | 'services' | 'instances'>;
  readonly repository: Pick<ServiceRepository, 'delete'>;
  /** Whether an id is that of the service under which this server is registered. */
  readonly isOwnService: (serviceId: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

// As many as the reference deletes at once (spec 04 §8).
const deletionsAtOnce = 5;

/** Removes services that nobody runs any more (spec 04 §8). */
export class ServiceRemoval {
  readonly #options: ServiceRemovalOptions;

  constructor(options: ServiceRemovalOptions) {
    this.#options = options;
  }

  /**
   * Removes old versions without instances, whoever depends on them.
   *
   * @param reserve - how many of the newest versions of each name stay in any case
   */
  retire(run: JobRun, reserve: number): Promise<void> {
    const { services } = this.#options.aggregator;
    return this.#deleteAll(run, 'removed old versions', (record) => {
      const { environment, appId, serviceName } = record.value;
      const versions = services.versions(record.identity.tenant, environment, appId, serviceName);
      return versions.length > reserve && versions.indexOf(record) >= reserve;
    });
  }

  /**
   * Removes services without instances, whoever depends on them.
   *
   * @param ttlMs - how long ago they have to be registered
   */
  clear(run: JobRun, ttlMs: number): Promise<void> {
    const newestSeconds = (this.#options.clock.wallMs() - ttlMs) / 1000;
    return this.#deleteAll(run, 'removed services without instances', ({ value }) => {
      // A record whose time cannot be read is left alone.
      const seconds = Number.parseInt(value.timestamp, 10);
      return seconds <= newestSeconds;
    });
  }

  async #deleteAll(
    run: JobRun,
    message: string,
    isOld: (record: ServiceRecord) => boolean,
  ): Promise<void> {
    const { aggregator, isOwnService, logger } = this.#options;
    const isUnused = ({ identity }: ServiceRecord): boolean =>
      aggregator.instances.countOf(identity.tenant, identity.serviceId) === 0 &&
      !isOwnService(identity.serviceId);
    const old = [...aggregator.cache('SERVICE').values()].filter(
      (record) => isUnused(record) && isOld(record),
    );
    let deleted = 0;
    for (let start = 0; start < old.length; start += deletionsAtOnce) {
      await run.step();
      const part = old.slice(start, start + deletionsAtOnce);
      const outcomes = await Promise.all(part.map((record) => this.#delete(record)));
      deleted += outcomes.filter(Boolean).length;
    }
    if (deleted > 0) logger.info({ deleted }, message);
  }

  /** @returns false when the service is gone already, or has an instance by now */
  async #delete({ identity }: ServiceRecord): Promise<boolean> {
    try {
      await this.#options.repository.delete(identity.tenant, identity.serviceId, true);
      return true;
    } catch (error) {
      const isLeftAlone =
        ServiceCenterError.is(error, 'deployedInstance') ||
        ServiceCenterError.is(error, 'serviceNotExists');
      if (!isLeftAlone) throw error;
      return false;
    }
  }
}
