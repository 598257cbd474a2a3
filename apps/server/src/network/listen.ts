import type { AddressInfo } from 'node:net';

import type { ApiServer } from '@service-center/api-server';

import { serverKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { formatAuthority } from './authority.ts';

const listenFailures: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is taken by another process; choose another one with --port'],
  ['EACCES', 'this user may not use the port; choose one above 1023 with --port'],
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
  ['ENOTFOUND', 'the host name is unknown'],
]);

/**
 * Binds the address of the configuration.
 *
 * @throws StartError when that cannot be
 */
export async function listen(
  apiServer: ApiServer,
  configuration: Configuration,
): Promise<AddressInfo> {
  const host = configuration.get(serverKeys.host);
  const port = configuration.get(serverKeys.port);
  try {
    return await apiServer.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason =
      listenFailures.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new StartError(`cannot listen on ${formatAuthority(host, port)}: ${reason}`, { cause });
  }
}
