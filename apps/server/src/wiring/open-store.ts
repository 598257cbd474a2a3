import type { EmbeddedBackend } from '@service-center/backend-embedded';
import type { EtcdBackend } from '@service-center/backend-etcd';

import { dataDirectoryOf, openEmbedded } from './open-embedded.ts';
import { storeKindOf } from './store-kind.ts';
import type { RemoteStoreOptions } from './store-options.ts';

/** A store that is open. */
export type OpenStore = {
  /** Where it keeps the data, in words and without secrets. */
  readonly place: string;
} & (
  | {
      readonly kind: 'embedded';
      readonly backend: EmbeddedBackend;
      /** An absolute path. */
      readonly directory: string;
    }
  | { readonly kind: 'etcd'; readonly backend: EtcdBackend }
);

/**
 * Opens the store that `registry.kind` names.
 *
 * @throws StartError when this version does not have it, or it cannot be used; the signal's reason
 */
export async function openStore(options: RemoteStoreOptions): Promise<OpenStore> {
  const { configuration } = options;
  const kind = storeKindOf(configuration);
  switch (kind) {
    case 'embedded': {
      const directory = dataDirectoryOf(configuration);
      return { kind, backend: await openEmbedded(options), place: directory, directory };
    }
    case 'etcd': {
      // Who does not need it does not wait for gRPC to load.
      const { openEtcd } = await import('./open-etcd.ts');
      const { backend, place } = await openEtcd(options);
      return { kind, backend, place };
    }
  }
}
