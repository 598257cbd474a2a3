import type { Backend, Logger } from '@service-center/sdcommon';

/**
 * Notes the version of the servers on the store, and says so when a newer one was there (spec 05 §7.1). A server that does
 * not show itself leaves no note either (spec 02 §1.7).
 */
export async function recordVersion(
  backend: Pick<Backend, 'serverRecord'>,
  own: { readonly version: string; readonly environment: string },
  logger: Logger,
): Promise<void> {
  const stored = await backend.serverRecord.raise(own);
  if (stored.version !== own.version) {
    logger.warn(
      { stored: stored.version, own: own.version },
      'a newer version of the server has used this store',
    );
  }
}
