import { resolve } from 'node:path';

import { EmbeddedBackend, StoreOpenError } from '@service-center/backend-embedded';

import { registryKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import type { StoreOptions } from './store-options.ts';
import { StoreOperationMetrics } from './store-operation-metrics.ts';

/** The data directory as an absolute path. */
export function dataDirectoryOf(configuration: Configuration): string {
  return resolve(configuration.root, configuration.get(registryKeys.embeddedDirectory));
}

/**
 * Opens the data directory.
 *
 * @throws StartError when it cannot be used
 */
export async function openEmbedded(options: StoreOptions): Promise<EmbeddedBackend> {
  const { configuration, clock, logger, metrics } = options;
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
