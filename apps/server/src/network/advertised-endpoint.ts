import { networkInterfaces } from 'node:os';

import { formatAuthority, isUnspecified } from './authority.ts';

/** Where the server listens and what it was told to say about it. */
export interface AdvertisedAddress {
  /** `registry.instance.endpoint`: `host`, `host:port`, or empty. */
  readonly configured: string;
  /** The address that was bound. */
  readonly address: string;
  readonly port: number;
}

/**
 * The endpoint under which the server registers itself (spec 00, decision 21): the configured one, else the address
 * it listens on; when that is every interface, the first address that is not loopback.
 *
 * @param interfaces - the machine's. Default: asked from the system
 */
export function advertisedEndpoint(
  { configured, address, port }: AdvertisedAddress,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string {
  if (configured !== '') return `rest://${withPort(configured, port)}/`;
  const host = isUnspecified(address) ? (firstOutside(interfaces) ?? '127.0.0.1') : address;
  return `rest://${formatAuthority(host, port)}/`;
}

/** IPv4 first: what clients of the registry are configured with. */
function firstOutside(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith('fe80:'));
  return (outside.find((address) => address.family === 'IPv4') ?? outside[0])?.address;
}

function withPort(endpoint: string, port: number): string {
  const hasPort = /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(endpoint);
  if (hasPort) return endpoint;
  return formatAuthority(endpoint.replace(/^\[(.*)\]$/, '$1'), port);
}
