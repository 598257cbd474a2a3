import type { Logger, UnreadableChange, ResourceType } from '@service-center/sdcommon';

const maxRemembered = 10_000;

/** Reports stored records that cannot be read: each once, however often the store shows it. */
export class UnreadableRecords {
  readonly #logger: Logger;
  readonly #onUnreadable: (type: ResourceType) => void;
  readonly #reported = new Set<string>();

  /** @param onUnreadable - called each time, to be counted */
  constructor(logger: Logger, onUnreadable: (type: ResourceType) => void) {
    this.#logger = logger;
    this.#onUnreadable = onUnreadable;
  }

  report(change: UnreadableChange<ResourceType>): void {
    this.#onUnreadable(change.type);
    const name = nameOf(change.type, change.key);
    if (this.#reported.has(name)) return;
    // Whoever can write rubbish can write a lot of it; the memory for it is bounded, the log then repeats itself.
    if (this.#reported.size >= maxRemembered) this.#reported.clear();
    this.#reported.add(name);
    this.#logger.error(
      { resourceType: change.type, key: change.key, reason: change.reason },
      'a stored record cannot be read and is left out; what was known of it before stays',
    );
  }

  /** A record that can be read again, or is gone, is news when it becomes unreadable once more. */
  forget(type: ResourceType, key: string): void {
    if (this.#reported.size > 0) this.#reported.delete(nameOf(type, key));
  }
}

function nameOf(type: ResourceType, key: string): string {
  return `${type} ${key}`;
}
