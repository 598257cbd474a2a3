import { availableParallelism } from 'node:os';

import { registryKeys, serverKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { storeKindOf } from '../wiring/store-kind.ts';

/**
 * How many processes serve (`server.workers`).
 *
 * @param processors - how many there are. Default: asked from the system
 * @throws StartError when several are wanted of a store that one process owns
 */
export function workerCount(
  configuration: Configuration,
  processors: number = availableParallelism(),
): number {
  const wanted = configuration.get(serverKeys.workers);
  if (wanted === 1) return 1;
  if (storeKindOf(configuration) === 'embedded') {
    throw new StartError(
      `server.workers (${configuration.originOf(serverKeys.workers)}) is ${wanted}, but the embedded store belongs to one process: set server.workers to 1, or registry.kind (${configuration.originOf(registryKeys.kind)}) to etcd`,
    );
  }
  return wanted === 'auto' ? processors : wanted;
}
