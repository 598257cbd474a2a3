import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import type { Clock } from '@service-center/sdcommon';

import { findConnectionOwner } from '../network/connection-owner.ts';
import { loopback } from '../network/free-ports.ts';
import { NetworkLink } from '../network/network-link.ts';
import { reset } from '../network/relay.ts';

/** A member as its peers reach it. */
export interface PeerAddress {
  readonly name: string;
  /** Where the member listens. */
  readonly peerPort: number;
  /** What the member advertises, and where the network listens in its place. */
  readonly advertisedPort: number;
}

/** Whose network it is. */
export interface PeerNetworkOptions {
  readonly peers: readonly PeerAddress[];
  /** The process id of a member; undefined while it does not run. */
  readonly processIdOf: (name: string) => number | undefined;
  /** Which time delays run by. Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * The network between the members of a cluster: a {@link NetworkLink} from each to each.
 *
 * A member advertises one URL to all others, so who comes in there could be any of them, and not every request of etcd
 * says so: forwarded lease renewals do not. The system knows which process a connection belongs to.
 */
export class PeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #links = new Map<string, Map<string, NetworkLink>>();
  readonly #servers: Server[] = [];
  readonly #unassigned = new Set<Socket>();
  readonly #failures: unknown[] = [];

  private constructor(options: PeerNetworkOptions) {
    this.#options = options;
    for (const { name: from } of options.peers) {
      const others = options.peers.filter(({ name }) => name !== from);
      this.#links.set(from, new Map(others.map(({ name }) => [name, new NetworkLink(options)])));
    }
  }

  /** @throws when an advertised port is taken, or when this is not Linux and there is more than one member */
  static async listen(options: PeerNetworkOptions): Promise<PeerNetwork> {
    if (process.platform !== 'linux' && options.peers.length > 1) {
      throw new Error(
        'the network between members needs Linux, where /proc tells whose a connection is',
      );
    }
    const network = new PeerNetwork(options);
    for (const peer of options.peers) await network.#listen(peer);
    return network;
  }

  /**
   * The way of the connections that one member opens to another. Both members send on it: a member is cut from another
   * when the links of both directions are.
   */
  link(from: string, to: string): NetworkLink {
    const link = this.#links.get(from)?.get(to);
    if (link === undefined) throw new Error(`no link from member ${from} to member ${to}`);
    return link;
  }

  /** Every link between a member and the others, in both directions. */
  linksOf(name: string): readonly NetworkLink[] {
    const others = this.#options.peers.filter((peer) => peer.name !== name);
    return others.flatMap((other) => [this.link(name, other.name), this.link(other.name, name)]);
  }

  /** Every link. */
  get links(): readonly NetworkLink[] {
    return [...this.#links.values()].flatMap((targets) => targets.values().toArray());
  }

  /**
   * Resets every connection and listens no more.
   *
   * @throws AggregateError when it could not be told whose some connection was: then the network was not what it seemed
   */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.links) link.cut();
    for (const socket of this.#unassigned) socket.destroy();
    await Promise.all(
      this.#servers.map(async (server) => {
        server.close();
        await once(server, 'close');
      }),
    );
    if (this.#failures.length > 0) {
      throw new AggregateError(this.#failures, 'connections between members without an owner');
    }
  }

  async #listen(peer: PeerAddress): Promise<void> {
    // Paused, so that nothing is read before it is known on whose link.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      this.#unassigned.add(client);
      this.#assign(client, peer).catch((error: unknown) => {
        client.destroy();
        this.#failures.push(error);
      });
    });
    server.listen({ port: peer.advertisedPort, host: loopback, exclusive: true });
    await once(server, 'listening');
    this.#servers.push(server);
  }

  async #assign(client: Socket, to: PeerAddress): Promise<void> {
    client.on('error', () => {
      // 'close' follows, also for whoever carries it.
    });
    const from = await this.#findSource(client, to);
    this.#unassigned.delete(client);
    if (client.destroyed) return;
    // Its member ended, or gave the connection up.
    if (from === undefined) reset(client);
    else this.link(from, to.name).carry(client, to.peerPort);
  }

  async #findSource(client: Socket, to: PeerAddress): Promise<string | undefined> {
    const namesByProcess = new Map<number, string>();
    for (const { name } of this.#options.peers) {
      const processId = this.#options.processIdOf(name);
      if (name !== to.name && processId !== undefined) namesByProcess.set(processId, name);
    }
    const owner = await findConnectionOwner(
      { localPort: client.remotePort ?? 0, remotePort: to.advertisedPort },
      [...namesByProcess.keys()],
    );
    return owner === undefined ? undefined : namesByProcess.get(owner);
  }
}
