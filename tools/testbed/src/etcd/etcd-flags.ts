import { loopback } from '../network/free-ports.ts';
import type { EtcdTls } from './etcd-tls.ts';

/** A member's place in a cluster. */
export interface EtcdMembership {
  /** Where the other members reach this one. */
  readonly advertisedPeerUrl: string;
  /** All members, as `name=url` joined by commas. */
  readonly initialCluster: string;
}

/** How to run an etcd. */
export interface EtcdNodeOptions {
  /** The member's name. Default `etcd`. */
  readonly name?: string;
  /** Where the data directory is made. Default: the system's directory for temporary files. */
  readonly parentDirectory?: string;
  /** More flags, such as `--quota-backend-bytes=20000000`. */
  readonly flags?: readonly string[];
  /** More environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: no TLS. */
  readonly tls?: EtcdTls;
  /** Default: one that is free. */
  readonly clientPort?: number;
  /** Default: one that is free. */
  readonly peerPort?: number;
  /** Default: a cluster of this member alone. */
  readonly membership?: EtcdMembership;
  /** How long it may take to become healthy. Default 30 000. */
  readonly startTimeoutMs?: number;
}

/** A node with everything decided that its options left open. */
export interface EtcdMember {
  readonly name: string;
  readonly dataDirectory: string;
  readonly clientPort: number;
  readonly clientUrl: string;
  readonly peerPort: number;
  readonly options: EtcdNodeOptions;
}

/** What etcd is started with. */
export function memberFlags(member: EtcdMember): readonly string[] {
  const { flags = [], tls } = member.options;
  return [
    `--name=${member.name}`,
    `--data-dir=${member.dataDirectory}`,
    `--listen-client-urls=${member.clientUrl}`,
    `--advertise-client-urls=${member.clientUrl}`,
    `--listen-peer-urls=${peerUrl(member)}`,
    ...membershipFlags(member),
    '--logger=zap',
    '--log-outputs=stderr',
    '--log-level=warn',
    ...(tls === undefined ? [] : tlsFlags(tls)),
    ...flags,
  ];
}

/** Which cluster a member belongs to; a restored snapshot has to be told the same. */
export function membershipFlags(member: EtcdMember): readonly string[] {
  const { advertisedPeerUrl, initialCluster } = member.options.membership ?? {
    advertisedPeerUrl: peerUrl(member),
    initialCluster: `${member.name}=${peerUrl(member)}`,
  };
  return [
    `--initial-advertise-peer-urls=${advertisedPeerUrl}`,
    `--initial-cluster=${initialCluster}`,
  ];
}

function tlsFlags(tls: EtcdTls): readonly string[] {
  return [
    `--trusted-ca-file=${tls.caFile}`,
    `--cert-file=${tls.certFile}`,
    `--key-file=${tls.keyFile}`,
    `--client-cert-auth=${tls.requiresClientCertificate ?? false}`,
  ];
}

function peerUrl(member: EtcdMember): string {
  return `http://${loopback}:${member.peerPort}`;
}
