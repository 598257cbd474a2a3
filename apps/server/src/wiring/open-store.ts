import { resolve } from 'node:path';

import { EmbeddedBackend, StoreOpenError } from '@service-center/backend-embedded';
import type { Clock, Logger, MetricRegistry } from '@service-center/sdcommon';

import { registryKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { StoreOperationMetrics } from './store-operation-metrics.ts';

/** What a store is opened with. */
export interface OpenStoreOptions {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
}

/** The data directory as an absolute path. */
export function dataDirectoryOf(configuration: Configuration): string {
  return resolve(configuration.root, configuration.get(registryKeys.embeddedDirectory));
}

/**
 * Opens the store that `registry.kind` names.
 *
 * @throws StartError when this version does not have it, or its directory cannot be used
 */
export async function openStore(options: OpenStoreOptions): Promise<EmbeddedBackend> {
  const { configuration, clock, logger, metrics } = options;
  requireEmbedded(configuration);
  try {
    return await EmbeddedBackend.open({
      directory: dataDirectoryOf(configuration),
      clock,
      logger,
      metrics,
      observer: new StoreOperationMetrics(metrics),
    });
  } catch (error) {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** @throws StartError when the data is to be kept by a store that this version does not have */
export function requireEmbedded(configuration: Configuration): void {
  const kind = configuration.get(registryKeys.kind);
  switch (kind) {
    case 'embedded':
    case 'embedded_etcd':
    case 'embeded_etcd':
      return;
    case 'etcd':
    case 'mongo':
    case 'buildin':
      throw new StartError(
        `registry.kind (${configuration.originOf(registryKeys.kind)}) is ${kind}, a store that this version does not have; to keep the data in a directory of this server set registry.kind to embedded, such as with --set registry.kind=embedded`,
      );
  }
}
