import type { Clock } from '@service-center/sdcommon';

import { TcpProxy } from '../network/tcp-proxy.ts';
import { PeerForwarder } from './peer-forwarder.ts';

/** A member as its peers know it. */
export interface PeerAddress {
  readonly name: string;
  /** The host that the member advertises. */
  readonly host: string;
  /** Where the member listens. */
  readonly peerPort: number;
}

/** Whose network it is. */
export interface PeerNetworkOptions {
  readonly peers: readonly PeerAddress[];
  /** Which time delays run by. Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * The network between the members of a cluster: a {@link TcpProxy} from each to each.
 *
 * A member advertises one URL to all others, so who comes in there could be any of them. Hence they advertise hosts that
 * are nowhere, and each has an HTTP proxy of its own, which knows who asks.
 */
export class PeerNetwork {
  readonly #ways = new Map<string, Map<string, TcpProxy>>();
  readonly #forwarders = new Map<string, PeerForwarder>();
  readonly #resources = new AsyncDisposableStack();

  private constructor() {
    // Opened by listen().
  }

  /** Opens every way. */
  static async listen(options: PeerNetworkOptions): Promise<PeerNetwork> {
    const network = new PeerNetwork();
    try {
      for (const peer of options.peers) await network.#open(peer, options);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The environment that makes a member send to its peers through this network. */
  environmentOf(name: string): Readonly<Record<string, string>> {
    const forwarder = this.#forwarders.get(name);
    if (forwarder === undefined) throw new Error(`no member ${name}`);
    // Upper case and lower case: either could be set for this process.
    return { HTTP_PROXY: forwarder.url, http_proxy: forwarder.url, NO_PROXY: '', no_proxy: '' };
  }

  /**
   * The way of the connections that one member opens to another. Both members send on it: a member is cut from another
   * when the ways of both directions are.
   */
  way(from: string, to: string): TcpProxy {
    const way = this.#ways.get(from)?.get(to);
    if (way === undefined) throw new Error(`no way from member ${from} to member ${to}`);
    return way;
  }

  /** Every way between a member and the others, in both directions. */
  waysOf(name: string): readonly TcpProxy[] {
    const others = this.#ways.keys().filter((other) => other !== name);
    return others.flatMap((other) => [this.way(name, other), this.way(other, name)]).toArray();
  }

  /** Every way. */
  get ways(): readonly TcpProxy[] {
    return this.#ways
      .values()
      .flatMap((targets) => targets.values())
      .toArray();
  }

  /** Breaks every connection and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #open(from: PeerAddress, options: PeerNetworkOptions): Promise<void> {
    const ways = new Map<string, TcpProxy>();
    const portByHost = new Map<string, number>();
    for (const to of options.peers) {
      if (to.name === from.name) continue;
      const way = await TcpProxy.listen({ ...options, targetPort: to.peerPort });
      this.#resources.use(way);
      ways.set(to.name, way);
      portByHost.set(to.host, way.port);
    }
    this.#ways.set(from.name, ways);
    const forwarder = await PeerForwarder.listen(portByHost);
    this.#resources.use(forwarder);
    this.#forwarders.set(from.name, forwarder);
  }
}
