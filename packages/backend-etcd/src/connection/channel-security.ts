import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';

import { credentials, type ChannelCredentials } from '@grpc/grpc-js';

import type { EtcdTls } from '../etcd-store-options.ts';
import type { EndpointAddress } from './endpoint-address.ts';

/** How a channel is protected. */
export interface ChannelSecurity {
  readonly credentials: ChannelCredentials;
  /** The name that a server is asked for by; undefined for its own. */
  readonly serverName: string | undefined;
}

/** A name that nobody has (RFC 2606). */
const noName = 'address.invalid';

/** How the channel to an endpoint is protected: by TLS when it is `https`. */
export function channelSecurity(
  { host, isSecure }: EndpointAddress,
  tls: EtcdTls = {},
): ChannelSecurity {
  if (!isSecure) return { credentials: credentials.createInsecure(), serverName: undefined };
  const { ca = null, client, verification = 'full' } = tls;
  const isAddress = isIP(host) !== 0;
  const secured = credentials.createSsl(ca, client?.key ?? null, client?.certificate ?? null, {
    // Always for the configured host, whatever name the connection was made by.
    checkServerIdentity: (_, certificate) =>
      verification === 'full' ? checkServerIdentity(host, certificate) : undefined,
    rejectUnauthorized: verification !== 'none',
  });
  // Node refuses to ask for a server by an address, and gRPC would.
  return { credentials: secured, serverName: isAddress ? noName : undefined };
}
