import { KvBackend } from '@service-center/backend-kv';

import { restoreBackup, type RestoreOptions } from './backup/restore-backup.ts';
import { EmbeddedKvStore } from './embedded-kv-store.ts';
import type { EmbeddedStoreOptions } from './open-store.ts';

/** How to open an {@link EmbeddedBackend}. */
export interface EmbeddedBackendOptions extends EmbeddedStoreOptions {
  /** Names this process in the locks that it holds. Default: `{hostname}-{pid}`. */
  readonly lockOwner?: string;
}

/** The registry in a directory of this machine: the default backend, for one server. */
export class EmbeddedBackend extends KvBackend {
  readonly #store: EmbeddedKvStore;

  private constructor(store: EmbeddedKvStore, options: EmbeddedBackendOptions) {
    const { clock, logger, lockOwner } = options;
    super({
      kind: 'embedded',
      store,
      clock,
      logger,
      ...(lockOwner === undefined ? {} : { lockOwner }),
    });
    this.#store = store;
  }

  /** Opens a directory, or makes it. @throws StoreOpenError when it cannot be used; nothing in it was changed */
  static async open(options: EmbeddedBackendOptions): Promise<EmbeddedBackend> {
    return new EmbeddedBackend(await EmbeddedKvStore.open(options), options);
  }

  /** Makes a store from a backup. @throws StoreOpenError about either directory; the backup is never changed */
  static restore(options: RestoreOptions): Promise<void> {
    return restoreBackup(options);
  }

  /**
   * Copies the store, as it is at some moment before this resolves, while it is in use. Writes wait until the database is
   * copied, about a second for 200 MB; reads and renewals do not.
   *
   * @param target - a directory that is missing or empty
   * @throws StoreOpenError about the target
   */
  backup(target: string): Promise<void> {
    return this.#store.backup(target);
  }
}
