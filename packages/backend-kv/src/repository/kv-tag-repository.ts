import {
  emptyStringMap,
  encodeTextMap,
  ServiceCenterError,
  toStringMap,
  type StringMap,
  type TagRepository,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { isPresent, isUnchanged } from '../store/compares.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';
import { serviceNotExists } from './service-not-exists.ts';

/** Tags, all of a service in one record (spec 02 §1.3). */
export class KvTagRepository implements TagRepository {
  readonly #resources: ResourceStore;

  constructor(options: { readonly resources: ResourceStore }) {
    this.#resources = options.resources;
  }

  async replaceAll(tenant: Tenant, serviceId: string, tags: StringMap): Promise<Written> {
    const identity = { tenant, serviceId };
    const { succeeded, revision } = await this.#resources.kv.commit({
      compares: [isPresent(keyLayouts.SERVICE.build(identity))],
      success: [
        { kind: 'put', key: keyLayouts.SERVICE_TAG.build(identity), value: encodeTextMap(tags) },
      ],
    });
    if (!succeeded) throw serviceNotExists(serviceId);
    return this.#resources.written(revision);
  }

  async update(tenant: Tenant, serviceId: string, key: string, value: string): Promise<Written> {
    return this.#change(tenant, serviceId, (tags) => {
      requireTag(tags, key);
      return toStringMap([...Object.entries(tags), [key, value]]);
    });
  }

  async delete(tenant: Tenant, serviceId: string, keys: readonly string[]): Promise<Written> {
    return this.#change(tenant, serviceId, (tags) => {
      for (const key of keys) requireTag(tags, key);
      return toStringMap(Object.entries(tags).filter(([key]) => !keys.includes(key)));
    });
  }

  async get(tenant: Tenant, serviceId: string): Promise<StringMap> {
    const stored = await this.#resources.get('SERVICE_TAG', { tenant, serviceId });
    return stored?.value ?? emptyStringMap;
  }

  async #change(
    tenant: Tenant,
    serviceId: string,
    change: (tags: StringMap) => StringMap,
  ): Promise<Written> {
    const serviceKey = keyLayouts.SERVICE.build({ tenant, serviceId });
    const tagKey = keyLayouts.SERVICE_TAG.build({ tenant, serviceId });
    return retryOnConflict(`tags of service ${serviceId}`, async () => {
      const [service, record] = await this.#resources.getAll([serviceKey, tagKey]);
      if (service === undefined) throw serviceNotExists(serviceId);
      const stored = this.#resources.decode('SERVICE_TAG', record);
      const value = encodeTextMap(change(stored?.value ?? emptyStringMap));
      const { succeeded, revision } = await this.#resources.kv.commit({
        compares: [isPresent(serviceKey), isUnchanged(tagKey, record)],
        success: [{ kind: 'put', key: tagKey, value }],
      });
      return succeeded ? this.#resources.written(revision) : undefined;
    });
  }
}

function requireTag(tags: StringMap, key: string): void {
  if (!Object.hasOwn(tags, key)) {
    throw new ServiceCenterError('tagNotExists', `tag ${key} is not set`);
  }
}
