import { KvBackend } from '@service-center/backend-kv';

import { EtcdKvStore } from './etcd-kv-store.ts';
import type { EtcdStoreOptions } from './etcd-store-options.ts';

/** How to open an {@link EtcdBackend}. */
export interface EtcdBackendOptions extends EtcdStoreOptions {
  /** Names this process in the locks that it holds. Default: `{hostname}-{pid}`. */
  readonly lockOwner?: string;
}

/** The registry on an etcd cluster: any number of servers, also those of the reference. */
export class EtcdBackend extends KvBackend {
  private constructor(store: EtcdKvStore, { clock, logger, lockOwner }: EtcdBackendOptions) {
    super({
      kind: 'etcd',
      store,
      clock,
      logger,
      ...(lockOwner === undefined ? {} : { lockOwner }),
    });
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
}
