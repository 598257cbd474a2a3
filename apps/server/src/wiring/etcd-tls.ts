import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { EtcdTls } from '@service-center/backend-etcd';
import type { Logger } from '@service-center/sdcommon';

import { expandVariables, sslKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { tlsOffer } from './tls-offer.ts';

/**
 * Reads what TLS towards etcd is like (spec 05 §2): versions and cipher suites, and the certificates of `ssl.dir`, as far as
 * they are there: `trust.cer`, and `server.cer` with `server_key.pem`, whose passphrase is in `cert_pwd`.
 *
 * @throws StartError when a file cannot be read, the key is none, or no cipher suite is known
 */
export function readEtcdTls(
  configuration: Configuration,
  logger: Logger,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): EtcdTls {
  const configured = expandVariables(configuration.get(sslKeys.dir), variables);
  const directory = resolve(configuration.root, configured === '' ? 'etc/ssl' : configured);
  const offer = tlsOffer(configuration, logger);
  try {
    const ca = readIfThere(join(directory, 'trust.cer'));
    const certificate = readIfThere(join(directory, 'server.cer'));
    const key = readKey(directory);
    return {
      ...offer,
      verification: verificationOf(configuration, ca !== undefined),
      ...(ca && { ca }),
      ...(certificate && key && { client: { certificate, key } }),
    };
  } catch (cause) {
    throw new StartError(
      `certificates in ${directory}, ssl.dir (${configuration.originOf(sslKeys.dir)}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Certificates of an own authority often name no hosts; those of public ones are given to everybody (spec 05 §2). */
function verificationOf(
  configuration: Configuration,
  hasAuthority: boolean,
): NonNullable<EtcdTls['verification']> {
  if (!configuration.get(sslKeys.verifyClient)) return 'none';
  return hasAuthority ? 'authority' : 'full';
}

function readKey(directory: string): Buffer | undefined {
  const key = readIfThere(join(directory, 'server_key.pem'));
  const passphrase = readIfThere(join(directory, 'cert_pwd'));
  if (key === undefined || passphrase === undefined) return key;
  const decrypted = createPrivateKey({ key, passphrase: passphrase.toString('utf8').trim() });
  return Buffer.from(decrypted.export({ type: 'pkcs8', format: 'pem' }));
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}
