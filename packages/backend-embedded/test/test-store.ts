import { EmbeddedKvStore, type EmbeddedStoreOptions } from '@service-center/backend-embedded';
import { silentLogger, SystemClock } from '@service-center/sdcommon';

/** Opens a store as a server does. */
export function openStore(
  directory: string,
  options: Partial<EmbeddedStoreOptions> = {},
): Promise<EmbeddedKvStore> {
  return EmbeddedKvStore.open({
    directory,
    clock: new SystemClock(),
    logger: silentLogger,
    ...options,
  });
}

/** Puts one key; returns the revision. */
export async function put(
  store: EmbeddedKvStore,
  key: string,
  value: string,
  lease = 0n,
): Promise<bigint> {
  const { revision } = await store.commit({
    compares: [],
    success: [{ kind: 'put', key, value, lease }],
  });
  return revision;
}

/** Everything stored, as key and value, in order. */
export async function contentOf(store: EmbeddedKvStore): Promise<[string, string | undefined][]> {
  const { records } = await store.range({ prefix: '', limit: Number.MAX_SAFE_INTEGER });
  return records.map(({ key, value }) => [key, value]);
}
