import type { Clock, Logger } from '@service-center/sdcommon';

import type { MemberList } from '../rpc/member-list.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { advertisedAddresses, type AdvertisedAddress } from './advertised-addresses.ts';
import type { EndpointAddress } from './endpoint-address.ts';
import type { EndpointRing } from './endpoint-ring.ts';
import type { Endpoint } from './endpoint.ts';

/** What a {@link MemberSync} works with. */
export interface MemberSyncOptions {
  readonly ring: EndpointRing;
  readonly intervalMs: number;
  /** Makes the endpoint of an address. */
  readonly endpointAt: (address: EndpointAddress) => Endpoint;
  /**
   * Asks an endpoint for the members of its cluster, without showing it who asks.
   *
   * @throws RpcError, also when the signal is aborted
   */
  readonly ask: (endpoint: Endpoint, signal: AbortSignal) => Promise<MemberList>;
  /** Whether an endpoint can be used now. */
  readonly serves: (endpoint: Endpoint) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Its reason is an RpcError. */
  readonly closing: AbortSignal;
}

/** Who an answer must come from. */
interface ExpectedMember {
  readonly clusterId: string;
  /** Of the members that advertise the address. */
  readonly memberIds: ReadonlySet<string>;
}

/** A cluster has three to seven members; what is beyond this many is an error, or worse. */
const maxLearned = 16;

/**
 * Makes learned endpoints of the members that the cluster has, as a fallback for those that are configured: who was told
 * of one member survives the loss of it (spec 02 §1.10).
 *
 * What members advertise may be for others: addresses of a network that this process is not in, or of machines that are
 * somebody else's here. So an address is taken in once the member that advertises it has answered there, and let go of when
 * somebody else does, or the member has another one.
 */
export class MemberSync {
  readonly #options: MemberSyncOptions;
  /** Of the cluster behind the configured endpoints, as the last one of them that was in use told it. */
  #clusterId: string | undefined;
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
    const { ring, ask, closing, logger } = this.#options;
    await this.#returnToConfigured();
    const asked = ring.current;
    const { header, members } = await ask(asked, closing);
    const advertised = advertisedAddresses(members, asked.address, logger);
    const isLearned = ring.isLearned(asked);
    const clusterId = isLearned ? this.#clusterId : header?.cluster_id;
    const { memberIds } = advertised.get(asked.target) ?? {};
    const isForeign =
      header?.cluster_id !== clusterId || memberIds?.has(header?.member_id ?? '') === false;
    if (isLearned && isForeign) {
      this.#abandon(asked);
      return;
    }
    if (header === null || clusterId === undefined) {
      logger.debug({ url: asked.target }, 'etcd: who answers names no cluster');
      return;
    }
    this.#clusterId = clusterId;
    const configuredIds = await this.#configuredMembers(asked, clusterId);
    if (!isLearned) configuredIds.add(header.member_id);
    const stale = await this.#staleOf(asked, { clusterId, advertised, configuredIds });
    const reached = new Set([...configuredIds, header.member_id]);
    const staying = ring.learned.length - stale.size;
    const admitted = await this.#admitAll(
      this.#newOf(advertised, reached),
      { clusterId, reached },
      Math.max(0, maxLearned - staying),
    );
    this.#learn(stale, admitted);
  }

  /** Ends the use of a learned endpoint when a configured one serves again. */
  async #returnToConfigured(): Promise<void> {
    const { ring, serves } = this.#options;
    if (!ring.isLearned(ring.current)) return;
    const serving = await Promise.all(ring.configured.map((endpoint) => serves(endpoint)));
    const configured = ring.configured.find((_, index) => serving[index] === true);
    if (configured !== undefined && ring.isLearned(ring.current)) ring.use(configured);
  }

  /** Leaves a learned endpoint behind which there is somebody else now, whether or not a configured one serves. */
  #abandon(endpoint: Endpoint): void {
    const { ring, logger } = this.#options;
    logger.warn({ url: endpoint.target }, "etcd: somebody else answers at a member's address");
    const [configured] = ring.configured;
    if (configured !== undefined && ring.current === endpoint) ring.use(configured);
    this.#learn(new Set([endpoint]), []);
  }

  /** The members of the cluster that answer at the configured endpoints with a connection, but for the one asked already. */
  async #configuredMembers(asked: Endpoint, clusterId: string): Promise<Set<string>> {
    const { ring } = this.#options;
    const connected = ring.configured.filter(
      (endpoint) => endpoint !== asked && endpoint.isConnected,
    );
    const headers = await Promise.all(connected.map((endpoint) => this.#headerOf(endpoint)));
    const members = new Set<string>();
    for (const header of headers) {
      if (!RpcError.is(header) && header?.cluster_id === clusterId) members.add(header.member_id);
    }
    return members;
  }

  /** The learned endpoints that are to be removed. One that does not answer stays: it may when it is needed. */
  async #staleOf(
    asked: Endpoint,
    known: {
      readonly clusterId: string;
      readonly advertised: ReadonlyMap<string, AdvertisedAddress>;
      readonly configuredIds: ReadonlySet<string>;
    },
  ): Promise<ReadonlySet<Endpoint>> {
    const { clusterId, advertised, configuredIds } = known;
    const stale = new Set<Endpoint>();
    const looks = this.#options.ring.learned.map(async (endpoint) => {
      const memberIds = advertised.get(endpoint.target)?.memberIds;
      if (memberIds === undefined) {
        stale.add(endpoint);
      } else if (endpoint !== asked) {
        const header = await this.#headerOf(endpoint);
        if (RpcError.is(header) && header.isOfEndpoint) return;
        const why = whyNot(header, { clusterId, memberIds }, configuredIds);
        if (why !== undefined) stale.add(endpoint);
      }
    });
    await Promise.all(looks);
    return stale;
  }

  /** The addresses that are no endpoint yet, and lead to members that no endpoint in use or configured one leads to. */
  #newOf(
    advertised: ReadonlyMap<string, AdvertisedAddress>,
    reached: ReadonlySet<string>,
  ): readonly AdvertisedAddress[] {
    const known = new Set(this.#options.ring.endpoints.map(({ target }) => target));
    return [...advertised.values()].filter(
      ({ address, memberIds }) => !known.has(address.target) && !memberIds.isSubsetOf(reached),
    );
  }

  /** Makes endpoints of addresses, as many as there is room for. */
  async #admitAll(
    addresses: readonly AdvertisedAddress[],
    known: { readonly clusterId: string; readonly reached: ReadonlySet<string> },
    room: number,
  ): Promise<readonly Endpoint[]> {
    const { clusterId, reached } = known;
    const admitted: Endpoint[] = [];
    let waiting = addresses;
    while (waiting.length > 0 && admitted.length < room) {
      const count = room - admitted.length;
      const looks = await Promise.allSettled(
        waiting
          .slice(0, count)
          .map(({ address, memberIds }) => this.#admit(address, { clusterId, memberIds }, reached)),
      );
      waiting = waiting.slice(count);
      for (const look of looks) {
        if (look.status === 'fulfilled' && look.value !== undefined) admitted.push(look.value);
      }
      const failed = looks.find((look) => look.status === 'rejected');
      if (failed !== undefined) {
        for (const endpoint of admitted) endpoint.close();
        throw failed.reason;
      }
    }
    for (const { address } of waiting) this.#leaveOut(address.target, 'there are enough others');
    return admitted;
  }

  /** The endpoint of an address, if its member answers there. */
  async #admit(
    address: EndpointAddress,
    expected: ExpectedMember,
    reached: ReadonlySet<string>,
  ): Promise<Endpoint | undefined> {
    const endpoint = this.#options.endpointAt(address);
    let isAdmitted = false;
    try {
      const why = whyNot(await this.#headerOf(endpoint), expected, reached);
      isAdmitted = why === undefined;
      if (why === undefined) return endpoint;
      this.#leaveOut(address.target, why);
      return undefined;
    } finally {
      if (!isAdmitted) endpoint.close();
    }
  }

  #leaveOut(url: string, why: string): void {
    this.#options.logger.debug({ url, why }, "etcd: a member's address is not used");
  }

  /** Who answers at an endpoint, or why nobody does. */
  async #headerOf(endpoint: Endpoint): Promise<MemberList['header'] | RpcError> {
    const { ask, closing } = this.#options;
    try {
      return (await ask(endpoint, closing)).header;
    } catch (error) {
      if (RpcError.is(error)) return error;
      throw error;
    }
  }

  #learn(stale: ReadonlySet<Endpoint>, admitted: readonly Endpoint[]): void {
    const { ring, logger } = this.#options;
    // The one in use is left by itself when it does not serve any more, and removed then.
    const staying = ring.learned.filter(
      (endpoint) => !stale.has(endpoint) || endpoint === ring.current,
    );
    if (admitted.length === 0 && staying.length === ring.learned.length) return;
    ring.learn([...staying, ...admitted]);
    const endpoints = ring.endpoints.map(({ target }) => target);
    logger.info({ endpoints }, 'etcd: endpoints follow the members');
  }
}

/** Why an answer is not that of the member it is expected of, or this one is no alternative; undefined when it is used. */
function whyNot(
  header: MemberList['header'] | RpcError,
  { clusterId, memberIds }: ExpectedMember,
  reached: ReadonlySet<string>,
): string | undefined {
  if (RpcError.is(header)) return header.message;
  if (header === null) return 'who answers there names no cluster';
  if (header.cluster_id !== clusterId) return 'another cluster answers there';
  if (!memberIds.has(header.member_id)) return 'another member answers there';
  if (reached.has(header.member_id)) return 'its member is reached already';
  return undefined;
}
