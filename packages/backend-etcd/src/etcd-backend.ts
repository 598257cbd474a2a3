import { KvBackend } from '@service-center/backend-kv';

import { CompactionJob, type CompactionOptions } from './compaction/compaction-job.ts';
import { EtcdKvStore } from './etcd-kv-store.ts';
import type { EtcdStoreOptions } from './etcd-store-options.ts';

/** How to open an {@link EtcdBackend}. */
export interface EtcdBackendOptions extends EtcdStoreOptions {
  /** Names this process in the locks that it holds. Default: `{hostname}-{pid}`. */
  readonly lockOwner?: string;
  /** Compacts the history of the store now and then. Default: somebody else does. */
  readonly compaction?: CompactionOptions;
}

/** The registry on an etcd cluster: any number of servers, also those of the reference. */
export class EtcdBackend extends KvBackend {
  readonly #compaction: CompactionJob | undefined;

  private constructor(store: EtcdKvStore, options: EtcdBackendOptions) {
    const { clock, logger, lockOwner, compaction } = options;
    super({
      kind: 'etcd',
      store,
      clock,
      logger,
      ...(lockOwner === undefined ? {} : { lockOwner }),
    });
    if (compaction !== undefined) {
      this.#compaction = new CompactionJob({ ...compaction, store, locks: this, clock, logger });
      this.#compaction.start();
    }
  }

  /**
   * Connects to a cluster.
   *
   * @throws RangeError when the endpoints are malformed; ServiceCenterError `unavailableBackend` when none of them
   *   serves, or the cluster does not take the user
   */
  static async open(options: EtcdBackendOptions): Promise<EtcdBackend> {
    return new EtcdBackend(await EtcdKvStore.open(options), options);
  }

  override async close(): Promise<void> {
    await this.#compaction?.stop();
    await super.close();
  }
}
