import type { Logger } from '@service-center/sdcommon';
import type { IMember } from 'etcd3';

import { leadsToOneself, parseEndpoint, type EndpointAddress } from './endpoint-address.ts';

/** An address at which members of the cluster say that they listen for clients. */
export interface AdvertisedAddress {
  readonly address: EndpointAddress;
  /** Whose address it is: decimal strings, normally one. */
  readonly memberIds: ReadonlySet<string>;
}

/**
 * Where the members that serve can be reached, as far as this process can use it.
 *
 * @param asked - where the members were asked for
 * @returns the addresses by target, in the order of the members
 */
export function advertisedAddresses(
  members: readonly IMember[],
  asked: EndpointAddress,
  logger: Logger,
): ReadonlyMap<string, AdvertisedAddress> {
  const advertised = new Map<string, AdvertisedAddress>();
  for (const { ID, name, isLearner, clientURLs } of members) {
    // Members have no name before they are started. Learners refuse what needs the consent of the cluster.
    if (name === '' || isLearner) continue;
    for (const url of clientURLs) {
      const address = parseEndpoint(url);
      const why = whyNotUsed(address, asked);
      if (address !== undefined && why === undefined) {
        const memberIds = new Set([...(advertised.get(address.target)?.memberIds ?? []), ID]);
        advertised.set(address.target, { address, memberIds });
      } else {
        logger.debug({ url, why }, "etcd: a member's address is not used");
      }
    }
  }
  return advertised;
}

/** Undefined when it is used. */
function whyNotUsed(
  address: EndpointAddress | undefined,
  asked: EndpointAddress,
): string | undefined {
  if (address === undefined) return 'it is no URL of the form http://host:port';
  if (address.isSecure !== asked.isSecure) return 'its scheme is not that of the endpoint in use';
  // As etcd advertises it when nobody tells it how others reach it.
  if (leadsToOneself(address) && !leadsToOneself(asked)) return 'it leads to this machine';
  return undefined;
}
