import type { Aggregator } from '@service-center/aggregator';
import { ServiceCenterError, type StringMap, type TagRepository } from '@service-center/sdcommon';

import type { Quota } from '../quota/quota.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  check,
  deleteTagsChecks,
  getTagsChecks,
  replaceTagsChecks,
  updateTagChecks,
} from '../validation/index.ts';
import { withDetail, type WriteBarrier } from '../write/index.ts';

/** What a {@link TagLifecycle} works with. */
export interface TagLifecycleOptions {
  readonly repository: TagRepository;
  readonly aggregator: Pick<Aggregator, 'services' | 'tags'>;
  readonly freshness: CacheFreshness;
  readonly barrier: WriteBarrier;
  readonly quota: Quota;
}

const serviceMissing = { serviceNotExists: 'Service does not exist.' } as const;

/** The tags of services (spec 04 §3.2, spec 01 §4.4). */
export class TagLifecycle {
  readonly #options: TagLifecycleOptions;

  constructor(options: TagLifecycleOptions) {
    this.#options = options;
  }

  /**
   * Makes the given tags the service's only ones; none clears them.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async replaceAll(scope: RequestScope, serviceId: string, tags: StringMap): Promise<void> {
    const { repository, barrier, quota } = this.#options;
    check(replaceTagsChecks(quota.tagLimit), { serviceId, tags });
    const write = repository.replaceAll(scope.tenant, serviceId, tags);
    await barrier.passed(withDetail(write, serviceMissing));
  }

  /**
   * Reads the tags of a service; empty when it has none.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async get(scope: RequestScope, serviceId: string): Promise<StringMap> {
    check(getTagsChecks, { serviceId });
    const { aggregator, freshness } = this.#options;
    await freshness.refresh(scope);
    if (aggregator.services.get(scope.tenant, serviceId) === undefined) {
      throw new ServiceCenterError('serviceNotExists', serviceMissing.serviceNotExists);
    }
    return aggregator.tags.get(scope.tenant, serviceId);
  }

  /**
   * Changes the value of a tag that is there.
   *
   * @throws ServiceCenterError `serviceNotExists`, `tagNotExists`, `invalidParameters`
   */
  async update(scope: RequestScope, serviceId: string, key: string, value: string): Promise<void> {
    check(updateTagChecks, { serviceId, key, value });
    const { repository, barrier } = this.#options;
    const write = repository.update(scope.tenant, serviceId, key, value);
    await barrier.passed(
      withDetail(write, {
        ...serviceMissing,
        tagNotExists: 'Tag does not exist, please add one first.',
      }),
    );
  }

  /**
   * Removes tags, all or none.
   *
   * @param keys - joined by commas, as in the path
   * @throws ServiceCenterError `serviceNotExists`, `tagNotExists`, `invalidParameters`
   */
  async delete(scope: RequestScope, serviceId: string, keys: string): Promise<void> {
    const distinct = [...new Set(keys.split(','))];
    check(deleteTagsChecks, { serviceId, keys: distinct });
    const { repository, barrier, aggregator } = this.#options;
    const write = repository.delete(scope.tenant, serviceId, distinct);
    const known = aggregator.tags.get(scope.tenant, serviceId);
    const missing = distinct.find((key) => !Object.hasOwn(known, key)) ?? distinct.join(',');
    await barrier.passed(
      withDetail(write, {
        ...serviceMissing,
        tagNotExists: `Delete tags failed for this key ${missing} does not exist.`,
      }),
    );
  }
}
