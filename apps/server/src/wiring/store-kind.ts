import { registryKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';

/** The stores that this version has. */
export type StoreKind = 'embedded' | 'etcd';

/**
 * The store that `registry.kind` names.
 *
 * @throws StartError when this version does not have it
 */
export function storeKindOf(configuration: Configuration): StoreKind {
  const kind = configuration.get(registryKeys.kind);
  switch (kind) {
    case 'embedded':
    case 'embedded_etcd':
    case 'embeded_etcd':
      return 'embedded';
    case 'etcd':
      return 'etcd';
    case 'mongo':
    case 'buildin':
      throw new StartError(
        `registry.kind (${configuration.originOf(registryKeys.kind)}) is ${kind}, a store that this version does not have; to keep the data in a directory of this server set registry.kind to embedded, such as with --set registry.kind=embedded`,
      );
  }
}

/** @throws StartError when a command is for the embedded store and the data is in another one */
export function requireEmbedded(configuration: Configuration, command: string): void {
  const kind = storeKindOf(configuration);
  if (kind === 'embedded') return;
  throw new StartError(
    `registry.kind (${configuration.originOf(registryKeys.kind)}) is ${kind}: ${command} is for the embedded store; what etcd holds is saved with etcd's own tool, etcdctl snapshot save`,
  );
}
