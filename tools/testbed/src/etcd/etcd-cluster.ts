import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from '@service-center/sdcommon';

import { findFreePorts } from '../network/free-ports.ts';
import { TcpProxy } from '../network/tcp-proxy.ts';
import type { EtcdNodeOptions } from './etcd-flags.ts';
import { EtcdNode } from './etcd-node.ts';
import { PeerNetwork, type PeerAddress } from './peer-network.ts';

const leaderPollMs = 20;

/** The beginning of addresses that belong to nobody (RFC 5737): members reach each other through a proxy. */
const addressesOfNobody = '192.0.2.';

/** How to run a cluster. */
export interface EtcdClusterOptions extends Pick<
  EtcdNodeOptions,
  'flags' | 'parentDirectory' | 'startTimeoutMs' | 'tls'
> {
  /** How many members. Default 3. */
  readonly members?: number;
  /** Which time the delays of the network run by. Default: the machine's. */
  readonly clock?: Clock;
}

/** A member of a cluster and what stands between it and its clients. */
export interface EtcdClusterMember {
  readonly node: EtcdNode;
  /** What clients connect through; {@link EtcdNode.url} leads past it. */
  readonly proxy: TcpProxy;
  /** The URL of the proxy. */
  readonly url: string;
}

/**
 * Members of an etcd cluster as child processes, with a network that can break between each member and its clients, and
 * between each two members.
 */
export class EtcdCluster {
  readonly members: readonly EtcdClusterMember[];
  readonly #peers: PeerNetwork;
  readonly #startTimeoutMs: number;

  private constructor(
    members: readonly EtcdClusterMember[],
    peers: PeerNetwork,
    startTimeoutMs: number,
  ) {
    this.members = members;
    this.#peers = peers;
    this.#startTimeoutMs = startTimeoutMs;
  }

  /**
   * Starts a cluster and waits until every member is healthy.
   *
   * @throws Error that says what to install when there is no etcd on the PATH; Error with what a member wrote when it ends
   *   first, or takes too long
   */
  static async start(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
    await using started = new AsyncDisposableStack();
    const names = Array.from({ length: options.members ?? 3 }, (_, index) => `etcd-${index}`);
    const ports = await findFreePorts(names.length);
    const peers: readonly PeerAddress[] = names.map((name, index) => ({
      name,
      host: `${addressesOfNobody}${index + 1}`,
      peerPort: ports[index] ?? 0,
    }));
    const network = started.use(await PeerNetwork.listen({ ...options, peers }));
    const initialCluster = peers.map((peer) => `${peer.name}=${advertisedUrl(peer)}`).join(',');
    const members: EtcdClusterMember[] = [];
    for (const peer of peers) {
      const node = started.use(
        await EtcdNode.create({
          ...options,
          name: peer.name,
          peerPort: peer.peerPort,
          membership: { advertisedPeerUrl: advertisedUrl(peer), initialCluster },
          environment: network.environmentOf(peer.name),
        }),
      );
      const proxy = started.use(await TcpProxy.listen({ ...options, targetPort: node.clientPort }));
      const url = `${options.tls === undefined ? 'http' : 'https'}://${proxy.address}`;
      members.push({ node, proxy, url });
    }
    const cluster = new EtcdCluster(members, network, options.startTimeoutMs ?? 30_000);
    for (const { node } of members) node.launch();
    await cluster.waitUntilHealthy();
    // Still held by nobody else: from here on the cluster answers for it.
    started.move();
    return cluster;
  }

  /** Where clients connect: the URL of every member's proxy. */
  get urls(): readonly string[] {
    return this.members.map(({ url }) => url);
  }

  /** Waits until every member that runs serves and knows a leader. */
  async waitUntilHealthy(): Promise<void> {
    const running = this.members.filter(({ node }) => node.isRunning);
    await Promise.all(running.map(({ node }) => node.waitUntilHealthy(this.#startTimeoutMs)));
  }

  /**
   * The member that takes itself for the leader; undefined while none does. Of several, the one of the newest term: a
   * leader that was cut off learns only after a while that it is none any more.
   */
  async leader(): Promise<EtcdClusterMember | undefined> {
    const running = this.members.filter(({ node }) => node.isRunning);
    // One that does not answer leads nobody.
    const answers = await Promise.allSettled(running.map(({ node }) => node.status()));
    let newestTerm = 0n;
    let leader: EtcdClusterMember | undefined;
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 'rejected') continue;
      const { leaderId, memberId, raftTerm } = answer.value;
      if (leaderId !== memberId || raftTerm < newestTerm) continue;
      newestTerm = raftTerm;
      leader = running[index];
    }
    return leader;
  }

  /**
   * Waits until there is a leader.
   *
   * @param isWanted - which leader will do. Default: any
   * @throws Error when none comes in time
   */
  async waitForLeader(
    isWanted: (member: EtcdClusterMember) => boolean = () => true,
  ): Promise<EtcdClusterMember> {
    const deadlineMs = performance.now() + this.#startTimeoutMs;
    for (;;) {
      const leader = await this.leader();
      if (leader !== undefined && isWanted(leader)) return leader;
      if (performance.now() > deadlineMs) {
        throw new Error(`no such leader after ${this.#startTimeoutMs} ms`);
      }
      await sleep(leaderPollMs);
    }
  }

  /** The way of the connections that one member opens to another. */
  way(from: EtcdClusterMember, to: EtcdClusterMember): TcpProxy {
    return this.#peers.way(from.node.name, to.node.name);
  }

  /** Cuts a member from all others, not from its clients: those are cut at its proxy. */
  async isolate(member: EtcdClusterMember): Promise<void> {
    await Promise.all(this.#peers.waysOf(member.node.name).map((way) => way.cut()));
  }

  /** Makes every way sound again, between members and to clients. */
  async heal(): Promise<void> {
    const toClients = this.members.map(({ proxy }) => proxy);
    await Promise.all([...this.#peers.ways, ...toClients].map((way) => way.resume()));
  }

  /**
   * Replaces the store by a snapshot of one member (`EtcdNode.saveSnapshot`): stops every member that runs, and starts all
   * of them on the snapshot's data. The ids of cluster and members stay what they were.
   */
  async restoreSnapshot(file: string): Promise<void> {
    for (const { node } of this.members) {
      if (node.isRunning) await node.kill();
      await node.restoreSnapshot(file);
    }
    for (const { node } of this.members) node.launch();
    await this.waitUntilHealthy();
  }

  /** Ends every member at once and removes their data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map(({ node }) => node[Symbol.asyncDispose]()));
    await Promise.all(this.members.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
    await this.#peers[Symbol.asyncDispose]();
  }
}

function advertisedUrl(peer: PeerAddress): string {
  return `http://${peer.host}:2380`;
}
