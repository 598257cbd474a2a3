import { isIP } from 'node:net';
import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type PeerCertificate,
} from 'node:tls';

import { credentials, type ChannelCredentials } from '@grpc/grpc-js';

import type { EtcdTls } from '../etcd-store-options.ts';
import type { EndpointAddress } from './endpoint-address.ts';

/** How a channel is protected. */
export interface ChannelSecurity {
  readonly credentials: ChannelCredentials;
  /** The name that a server is asked for by; undefined for its own. */
  readonly serverName: string | undefined;
  /** The same for a connection that is not made by gRPC; undefined when it is not protected. */
  readonly tls: ConnectionOptions | undefined;
}

/** A name that nobody has (RFC 2606). */
const noName = 'address.invalid';

/**
 * How the channel to an endpoint is protected: by TLS when it is `https`.
 *
 * @throws Error when a certificate, a key or a cipher suite is none
 */
export function channelSecurity(
  { host, isSecure }: EndpointAddress,
  tls: EtcdTls = {},
): ChannelSecurity {
  if (!isSecure) {
    return { credentials: credentials.createInsecure(), serverName: undefined, tls: undefined };
  }
  const { ca, client, verification = 'full', minVersion = 'TLSv1.2', ciphers } = tls;
  const isAddress = isIP(host) !== 0;
  const verifying = {
    // Always for the configured host, whatever name the connection was made by.
    checkServerIdentity: (_: string, certificate: PeerCertificate): Error | undefined =>
      verification === 'full' ? checkServerIdentity(host, certificate) : undefined,
    rejectUnauthorized: verification !== 'none',
  };
  const secureContext = createSecureContext({
    minVersion,
    ...(ca !== undefined && { ca }),
    ...(client !== undefined && { key: client.key, cert: client.certificate }),
    ...(ciphers !== undefined && { ciphers: ciphers.join(':') }),
  });
  return {
    credentials: credentials.createFromSecureContext(secureContext, verifying),
    // Node refuses to ask for a server by an address, and gRPC would.
    serverName: isAddress ? noName : undefined,
    tls: {
      ...verifying,
      secureContext,
      servername: isAddress ? noName : host,
    },
  };
}
