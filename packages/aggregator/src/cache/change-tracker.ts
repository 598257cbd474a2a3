import type { ResourceType } from '@service-center/sdcommon';

/** Remembers which keys have changed since it was made. */
export class ChangeTracker {
  readonly #keys = new Map<ResourceType, Set<string>>();

  add(type: ResourceType, key: string): void {
    let keys = this.#keys.get(type);
    if (keys === undefined) {
      keys = new Set();
      this.#keys.set(type, keys);
    }
    keys.add(key);
  }

  has(type: ResourceType, key: string): boolean {
    return this.#keys.get(type)?.has(key) === true;
  }
}
