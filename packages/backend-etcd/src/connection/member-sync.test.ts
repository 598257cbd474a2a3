import { credentials } from '@grpc/grpc-js';
import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import type { IMember, IResponseHeader } from 'etcd3';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';

import { RpcError } from '../rpc/rpc-error.ts';
import { parseEndpoints, type EndpointAddress } from './endpoint-address.ts';
import { EndpointRing } from './endpoint-ring.ts';
import { Endpoint } from './endpoint.ts';
import { MemberSync } from './member-sync.ts';

const intervalMs = 30_000;

/** A cluster as its members describe it, and which of its addresses answer. */
class Rig {
  readonly clock = new ManualClock();
  readonly closing = new AbortController();
  /** The client URLs by the name of their member. */
  members: Readonly<Record<string, readonly string[]>> = {};
  learners: readonly string[] = [];
  /** Targets that do not answer. */
  readonly away = new Set<string>();
  readonly otherClusters = new Set<string>();
  readonly asked: string[] = [];
  readonly removed: string[] = [];
  readonly left: string[] = [];
  readonly ring: EndpointRing;
  /** Of each endpoint that was made. */
  readonly closings: MockInstance[] = [];
  readonly #sync: MemberSync;

  constructor(...urls: readonly string[]) {
    const configured = parseEndpoints(urls).map((address) => this.#endpointAt(address));
    this.ring = new EndpointRing({
      endpoints: configured,
      dialTimeoutMs: 1000,
      closing: this.closing.signal,
      onLeft: ({ target }) => this.left.push(target),
      onRemoved: (endpoint) => {
        this.removed.push(endpoint.target);
        endpoint.close();
      },
    });
    this.#sync = new MemberSync({
      ring: this.ring,
      configured,
      intervalMs,
      endpointAt: (address) => this.#endpointAt(address),
      ask: async ({ target }, signal) => {
        this.asked.push(target);
        if (this.away.has(target)) {
          throw new RpcError('unavailable', `${target} is away`);
        }
        // An answer takes a moment.
        await this.clock.sleep(0, signal);
        return { header: this.#header(target), members: this.#list() };
      },
      clock: this.clock,
      logger: silentLogger,
      closing: this.closing.signal,
    });
  }

  get targets(): readonly string[] {
    return this.ring.endpoints.map(({ target }) => target);
  }

  async start(): Promise<void> {
    this.#sync.start();
    await this.clock.advance(0);
  }

  /** Begins, without letting answers come. */
  begin(): void {
    this.#sync.start();
  }

  async next(): Promise<void> {
    await this.clock.advance(intervalMs);
  }

  async close(): Promise<void> {
    this.closing.abort(new RpcError('unavailable', 'closed'));
    await this.#sync.stop();
    for (const endpoint of this.ring.endpoints) endpoint.close();
  }

  #endpointAt(address: EndpointAddress): Endpoint {
    const security = {
      credentials: credentials.createInsecure(),
      serverName: undefined,
      tls: undefined,
    };
    const endpoint = new Endpoint({ address, security, clock: this.clock });
    this.closings.push(vi.spyOn(endpoint, 'close'));
    return endpoint;
  }

  #header(target: string): IResponseHeader {
    const cluster_id = this.otherClusters.has(target) ? '2' : '1';
    return { cluster_id, member_id: '1', revision: '1', raft_term: '1' };
  }

  #list(): IMember[] {
    return Object.entries(this.members).map(([name, clientURLs], index) => ({
      ID: String(index),
      name,
      peerURLs: [],
      clientURLs: [...clientURLs],
      isLearner: this.learners.includes(name),
    }));
  }
}

let rig: Rig;

beforeEach(() => {
  rig = new Rig('http://10.0.0.1:2379');
  rig.members = {
    a: ['http://10.0.0.1:2379'],
    b: ['http://10.0.0.2:2379'],
    c: ['http://10.0.0.3:2379', 'http://c.example:2379'],
  };
});

afterEach(async () => {
  await rig.close();
  expect(rig.clock.pendingTimers).toBe(0);
  for (const closing of rig.closings) expect(closing).toHaveBeenCalled();
});

it('takes in what the members advertise, behind what is configured, at once', async () => {
  await rig.start();
  expect(rig.targets).toEqual([
    '10.0.0.1:2379',
    '10.0.0.2:2379',
    '10.0.0.3:2379',
    'c.example:2379',
  ]);
  expect(rig.ring.current.target).toBe('10.0.0.1:2379');
});

it('takes in members that come, and lets go of those that are gone, an interval later', async () => {
  rig.members = { a: ['http://10.0.0.1:2379'], b: ['http://10.0.0.2:2379'] };
  await rig.start();
  const [, second] = rig.ring.endpoints;
  rig.members = { ...rig.members, d: ['http://10.0.0.4:2379'] };
  await rig.clock.advance(intervalMs - 1);
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.2:2379']);
  await rig.clock.advance(1);
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.2:2379', '10.0.0.4:2379']);
  expect(rig.ring.endpoints[1]).toBe(second);

  rig.members = { a: ['http://10.0.0.1:2379'], d: ['http://10.0.0.4:2379'] };
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.4:2379']);
  expect(rig.removed).toEqual(['10.0.0.2:2379']);
});

it('keeps what is configured, and the one in use until it is left', async () => {
  await rig.start();
  const inUse = rig.ring.endpoints[1];
  if (inUse === undefined) throw new Error('there is no second endpoint');
  rig.ring.use(inUse);
  rig.members = { e: ['http://10.0.0.5:2379'], f: ['http://10.0.0.6:2379'] };
  await rig.next();
  const others = ['10.0.0.5:2379', '10.0.0.6:2379'];
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.2:2379', ...others]);

  const [first] = rig.ring.endpoints;
  if (first !== undefined) rig.ring.use(first);
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', ...others]);
  // Whoever has found that it serves may say so too late.
  rig.ring.use(inUse);
  expect(rig.ring.current).toBe(first);
});

it.each([
  ['another scheme', 'https://10.0.0.9:2379'],
  ['no scheme of the web', 'unix://localhost:2379'],
  ['a form that is none', 'http://10.0.0.9:port'],
  ['loopback, from another machine', 'http://localhost:2379'],
  ['loopback by number, from another machine', 'http://127.0.0.1:2379'],
  ['every address, from another machine', 'http://0.0.0.0:2379'],
  ['loopback of IPv6, from another machine', 'http://[::1]:2379'],
])('leaves out addresses of %s', async (_, url) => {
  rig.members = { a: [], b: [url] };
  await rig.start();
  expect(rig.targets).toEqual(['10.0.0.1:2379']);
  expect(rig.asked).toEqual(['10.0.0.1:2379']);
});

it('takes in loopback addresses of a cluster on this machine', async () => {
  await rig.close();
  rig = new Rig('http://localhost:2379');
  rig.members = { a: ['http://localhost:2379'], b: ['http://127.0.0.1:22379'] };
  await rig.start();
  expect(rig.targets).toEqual(['localhost:2379', '127.0.0.1:22379']);
});

it('leaves out learners and members that are not started', async () => {
  rig.members = { ...rig.members, '': ['http://10.0.0.8:2379'], l: ['http://10.0.0.9:2379'] };
  rig.learners = ['c', 'l'];
  await rig.start();
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.2:2379']);
});

it('adds nothing to the only member, whatever it calls itself', async () => {
  rig.members = { a: ['http://etcd.example:2379'] };
  await rig.start();
  expect(rig.targets).toEqual(['10.0.0.1:2379']);
});

it('leaves out addresses that do not answer, until they do', async () => {
  rig.away.add('10.0.0.2:2379');
  rig.otherClusters.add('10.0.0.3:2379');
  await rig.start();
  expect(rig.targets).toEqual(['10.0.0.1:2379', 'c.example:2379']);

  rig.away.clear();
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', 'c.example:2379', '10.0.0.2:2379']);
});

it('changes nothing when it is not answered, and asks again', async () => {
  await rig.start();
  const before = rig.targets;
  rig.members = { a: ['http://10.0.0.1:2379'] };
  rig.away.add('10.0.0.1:2379');
  await rig.next();
  expect(rig.targets).toEqual(before);

  rig.away.clear();
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379']);
});

it('is given up in the middle of an answer', async () => {
  rig.begin();
  await rig.close();
  expect(rig.targets).toEqual(['10.0.0.1:2379']);
});

it('is given up while it looks at addresses', async () => {
  rig.begin();
  await expect.poll(() => rig.asked.length).toBe(1);
  const firstAnswer = rig.clock.advance(0);
  await expect.poll(() => rig.asked.length).toBe(4);
  await rig.close();
  await firstAnswer;
});
