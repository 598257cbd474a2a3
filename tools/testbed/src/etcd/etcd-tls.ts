import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { loopback } from '../network/free-ports.ts';
import { findCommand } from '../process/find-command.ts';

const run = promisify(execFile);

/** Certificates of an etcd server and of the testbed's own requests to it, as files in PEM. */
export interface EtcdTls {
  /** Who signed the certificates. */
  readonly caFile: string;
  /** The server's certificate, for 127.0.0.1; also what the testbed shows as a client. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Turns away clients without a certificate of that authority. Default false. */
  readonly requiresClientCertificate?: boolean;
}

/**
 * Makes a certificate for 127.0.0.1, for servers and clients, that is its own authority, and valid for a day.
 *
 * @param directory - where to write it
 * @throws Error that says what to install when there is no openssl on the PATH
 */
export async function createEtcdTls(directory: string): Promise<EtcdTls> {
  const openssl = await findCommand('openssl', 'openssl');
  const certFile = join(directory, 'certificate.pem');
  const keyFile = join(directory, 'key.pem');
  const certificate = ['-x509', '-nodes', '-days', '1', '-subj', '/CN=testbed'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-addext', `subjectAltName=IP:${loopback}`];
  const usage = ['-addext', 'extendedKeyUsage=serverAuth,clientAuth'];
  const files = ['-keyout', keyFile, '-out', certFile];
  await run(openssl, ['req', ...certificate, ...key, ...names, ...usage, ...files]);
  return { caFile: certFile, certFile, keyFile };
}
