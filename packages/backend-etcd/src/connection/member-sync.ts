import type { Clock, Logger } from '@service-center/sdcommon';
import type { IMember, IMemberListResponse } from 'etcd3';

import { RpcError } from '../rpc/rpc-error.ts';
import { leadsToOneself, parseEndpoint, type EndpointAddress } from './endpoint-address.ts';
import type { EndpointRing } from './endpoint-ring.ts';
import type { Endpoint } from './endpoint.ts';

/** What a {@link MemberSync} works with. */
export interface MemberSyncOptions {
  readonly ring: EndpointRing;
  /** The endpoints that stay, whatever the cluster says of its members; at least one. */
  readonly configured: readonly Endpoint[];
  readonly intervalMs: number;
  /** Makes the endpoint of an address. */
  readonly endpointAt: (address: EndpointAddress) => Endpoint;
  /** Asks an endpoint for the members of its cluster. @throws RpcError, also when the signal is aborted */
  readonly ask: (endpoint: Endpoint, signal: AbortSignal) => Promise<IMemberListResponse>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Its reason is an RpcError. */
  readonly closing: AbortSignal;
}

/**
 * Makes endpoints of the members that the cluster has, behind those that are configured: who was told of one member
 * survives the loss of it (spec 02 §1.10).
 *
 * An address is taken in once a member of the same cluster has answered there. What members advertise may be for others:
 * addresses of a network that this process is not in, or of machines that are somebody else's here.
 */
export class MemberSync {
  readonly #options: MemberSyncOptions;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: MemberSyncOptions) {
    this.#options = options;
  }

  /** Asks now, and then once in every interval. */
  start(): void {
    this.#running = this.#runOnce();
  }

  /** Asks no more; the closing signal must be aborted. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    await this.#running;
  }

  async #runOnce(): Promise<void> {
    const { clock, intervalMs, logger, closing } = this.#options;
    try {
      await this.#sync();
    } catch (error) {
      // An outage is told by the probe.
      const level = RpcError.is(error) ? 'debug' : 'error';
      logger[level]({ err: error }, 'etcd: the members could not be asked for');
    }
    if (closing.aborted) return;
    this.#cancelTimer = clock.schedule(intervalMs, () => {
      this.start();
    });
  }

  async #sync(): Promise<void> {
    const { ring, configured, ask, closing, logger } = this.#options;
    const asked = ring.current;
    const { header, members } = await ask(asked, closing);
    const addresses = this.#addressesOf(members, asked);
    const known = new Set([...configured, ...ring.endpoints].map(({ target }) => target));
    const admissions = [...addresses.values()]
      .filter(({ target }) => !known.has(target))
      .map((address) => this.#admit(address, header.cluster_id));
    const admitted = (await Promise.all(admissions)).filter((endpoint) => endpoint !== undefined);
    const staying = ring.endpoints.filter(
      (endpoint) =>
        configured.includes(endpoint) ||
        addresses.has(endpoint.target) ||
        // Left by itself when it does not serve any more, and removed then.
        endpoint === ring.current,
    );
    if (admitted.length === 0 && staying.length === ring.endpoints.length) return;
    ring.replace([...staying, ...admitted]);
    const endpoints = ring.endpoints.map(({ target }) => target);
    logger.info({ endpoints }, 'etcd: endpoints follow the members');
  }

  /** Where the members that serve can be reached, as far as this process can use it, by target. */
  #addressesOf(members: readonly IMember[], asked: Endpoint): ReadonlyMap<string, EndpointAddress> {
    const addresses = new Map<string, EndpointAddress>();
    // Members have no name before they are started. Learners refuse what needs the consent of the cluster.
    const serving = members.filter(({ name, isLearner }) => name !== '' && !isLearner);
    // By whatever name one member is reached, it is no alternative to itself.
    if (serving.length < 2) return addresses;
    for (const url of serving.flatMap(({ clientURLs }) => clientURLs)) {
      const address = parseEndpoint(url);
      const why = whyNotUsed(address, asked.address);
      if (address !== undefined && why === undefined) addresses.set(address.target, address);
      else this.#options.logger.debug({ url, why }, "etcd: a member's address is not used");
    }
    return addresses;
  }

  /** The endpoint of an address, if a member of the same cluster answers there. */
  async #admit(address: EndpointAddress, clusterId: string): Promise<Endpoint | undefined> {
    const { endpointAt, ask, closing, logger } = this.#options;
    const endpoint = endpointAt(address);
    const { target } = endpoint;
    try {
      const { header } = await ask(endpoint, closing);
      if (header.cluster_id === clusterId) return endpoint;
      const why = 'another cluster answers there';
      logger.debug({ url: target, why }, "etcd: a member's address is not used");
    } catch (error) {
      if (!RpcError.is(error)) throw error;
      logger.debug({ url: target, why: error.message }, "etcd: a member's address is not used");
    }
    endpoint.close();
    return undefined;
  }
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
