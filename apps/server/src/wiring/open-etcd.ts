import { EtcdBackend, type CompactionOptions } from '@service-center/backend-etcd';

import { storeKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { etcdEndpoints } from './etcd-endpoints.ts';
import { readEtcdTls } from './etcd-tls.ts';
import { retryWhileAway } from './retry-while-away.ts';
import { StoreOperationMetrics } from './store-operation-metrics.ts';
import type { RemoteStoreOptions } from './store-options.ts';

/** What is shorter means never (spec 02 §1.10). */
const shortestSyncIntervalMs = 1000;

/**
 * Connects to the etcd cluster that the configuration names, and tries again for as long as it is away.
 *
 * @returns the store, and where it is in words
 * @throws StartError when the configuration makes no sense; the signal's reason
 */
export async function openEtcd(
  options: RemoteStoreOptions,
): Promise<{ readonly backend: EtcdBackend; readonly place: string }> {
  const { configuration, clock, logger, metrics, signal, onAway } = options;
  const { urls, user } = etcdEndpoints(configuration);
  const place = `etcd at ${urls.join(', ')}`;
  const isSecure = urls.some((url) => url.startsWith('https:'));
  const compaction = compactionSettings(configuration);
  const syncIntervalMs = configuration.get(storeKeys.autoSyncInterval);
  const etcdOptions = {
    endpoints: urls,
    ...(isSecure && { tls: readEtcdTls(configuration, logger) }),
    ...(user && { user }),
    requestTimeoutMs: configuration.get(storeKeys.requestTimeout),
    dialTimeoutMs: configuration.get(storeKeys.connectTimeout),
    clock,
    logger,
    metrics,
    observer: new StoreOperationMetrics(metrics),
    ...(syncIntervalMs >= shortestSyncIntervalMs && { memberSyncIntervalMs: syncIntervalMs }),
    ...(compaction && { compaction }),
    signal,
  };
  const backend = await retryWhileAway(() => openOnce(etcdOptions), {
    clock,
    logger,
    signal,
    intent: `connect to ${place}`,
    ...(onAway && { onAway }),
  });
  return { backend, place };
}

/** When to compact; undefined for never (spec 04 §8). */
function compactionSettings(configuration: Configuration): CompactionOptions | undefined {
  const intervalMs = configuration.get(storeKeys.compactInterval);
  const keptRevisions = configuration.get(storeKeys.compactIndexDelta);
  return intervalMs > 0 && keptRevisions > 0 ? { intervalMs, keptRevisions } : undefined;
}

async function openOnce(options: Parameters<typeof EtcdBackend.open>[0]): Promise<EtcdBackend> {
  try {
    return await EtcdBackend.open(options);
  } catch (error) {
    // The options make no sense, such as addresses of which only some are secure.
    if (error instanceof RangeError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
