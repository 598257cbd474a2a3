import type { EtcdTls } from '@service-center/backend-etcd';
import type { Logger } from '@service-center/sdcommon';

import { sslKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { findCipherSuites } from './cipher-suites.ts';

/** What a client of TLS offers to servers. */
export type TlsOffer = Pick<EtcdTls, 'minVersion' | 'ciphers'>;

/**
 * Reads what is offered to others: `ssl.client.minVersion` and `ssl.client.ciphers`, and where they say nothing
 * `ssl.minVersion` and `ssl.ciphers` (spec 05 §2). Warns of what it cannot follow.
 *
 * @throws StartError when cipher suites are named of which none is known
 */
export function tlsOffer(configuration: Configuration, logger: Logger): TlsOffer {
  const ciphers = cipherSuites(configuration, logger);
  return { minVersion: minVersion(configuration, logger), ...(ciphers && { ciphers }) };
}

function minVersion(configuration: Configuration, logger: Logger): 'TLSv1.2' | 'TLSv1.3' {
  const own = configuration.get(sslKeys.clientMinVersion);
  const version = own ?? configuration.get(sslKeys.minVersion);
  if (version === 'TLSv1.2' || version === 'TLSv1.3') return version;
  // OpenSSL 3 speaks them only with all its other demands given up, such as those on the length of keys.
  const { name } = own === undefined ? sslKeys.minVersion : sslKeys.clientMinVersion;
  logger.warn({}, `${name} is ${version}, which this server does not speak; TLSv1.2 is the oldest`);
  return 'TLSv1.2';
}

function cipherSuites(configuration: Configuration, logger: Logger): readonly string[] | undefined {
  const isOwn = configuration.get(sslKeys.clientCiphers).length > 0;
  const key = isOwn ? sslKeys.clientCiphers : sslKeys.ciphers;
  const names = configuration.get(key);
  if (names.length === 0) return undefined;
  const { known, unknown } = findCipherSuites(names);
  if (known.length === 0) {
    throw new StartError(
      `${key.name} (${configuration.originOf(key)}) is ${JSON.stringify(names.join(','))}; it must name at least one cipher suite that this server has, such as TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`,
    );
  }
  if (unknown.length > 0) {
    logger.warn({}, `${key.name}: unknown cipher suites are dropped: ${unknown.join(', ')}`);
  }
  return known;
}
