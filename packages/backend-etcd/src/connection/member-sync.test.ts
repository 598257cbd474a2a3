import { credentials } from '@grpc/grpc-js';
import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import type { IMember } from 'etcd3';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';

import type { MemberList } from '../rpc/member-list.ts';
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
  /** Targets that answer without a header. */
  readonly nameless = new Set<string>();
  /** Targets that refuse to answer. */
  readonly refusing = new Set<string>();
  /** Targets at which asking goes wrong. */
  readonly broken = new Set<string>();
  /** Who answers at targets that nobody advertises, or in place of who advertises them: names. */
  readonly answering = new Map<string, string>();
  readonly connected = new Set<string>();
  /** Targets that answer, but do not serve. */
  readonly notServing = new Set<string>();
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
      configured,
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
      intervalMs,
      endpointAt: (address) => this.#endpointAt(address),
      ask: async ({ target }, signal) => {
        this.asked.push(target);
        if (this.away.has(target)) {
          throw new RpcError('unavailable', `${target} is away`);
        }
        if (this.broken.has(target)) throw new TypeError(`${target} is broken`);
        if (this.refusing.has(target)) throw new RpcError('refused', `${target} refuses`);
        // An answer takes a moment.
        await this.clock.sleep(0, signal);
        return { header: this.#header(target), members: this.#list() };
      },
      serves: ({ target }) => Promise.resolve(!this.notServing.has(target)),
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
    vi.spyOn(endpoint, 'isConnected', 'get').mockImplementation(() =>
      this.connected.has(endpoint.target),
    );
    return endpoint;
  }

  #header(target: string): MemberList['header'] {
    if (this.nameless.has(target)) return null;
    const cluster_id = this.otherClusters.has(target) ? '2' : '1';
    const advertising = Object.entries(this.members).find(([, urls]) =>
      urls.includes(`http://${target}`),
    );
    return { cluster_id, member_id: idOf(this.answering.get(target) ?? advertising?.[0] ?? 'a') };
  }

  #list(): IMember[] {
    return Object.entries(this.members).map(([name, clientURLs]) => ({
      ID: idOf(name),
      name,
      peerURLs: [],
      clientURLs: [...clientURLs],
      isLearner: this.learners.includes(name),
    }));
  }
}

/** The ID of a member. */
function idOf(name: string): string {
  return `id of ${name}`;
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
  rig.notServing.add('10.0.0.1:2379');
  rig.answering.set('10.0.0.2:2379', 'b');
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

it('returns to the first configured endpoint that serves, when it asks again', async () => {
  await rig.close();
  rig = new Rig('http://10.0.0.1:2379', 'http://10.0.0.9:2379', 'http://10.0.0.8:2379');
  rig.members = { a: ['http://10.0.0.1:2379'], b: ['http://10.0.0.2:2379'] };
  await rig.start();
  useLearned('10.0.0.2:2379');
  for (const target of rig.targets) rig.notServing.add(target);
  await rig.next();
  expect(rig.ring.current.target).toBe('10.0.0.2:2379');

  rig.notServing.clear();
  rig.notServing.add('10.0.0.1:2379');
  await rig.clock.advance(intervalMs - 1);
  expect(rig.ring.current.target).toBe('10.0.0.2:2379');
  await rig.clock.advance(1);
  expect(rig.ring.current.target).toBe('10.0.0.9:2379');

  // Any configured endpoint will do, so there is nothing to return from.
  rig.notServing.clear();
  await rig.next();
  expect(rig.left).toEqual(['10.0.0.1:2379', '10.0.0.2:2379']);
});

it('returns also when the learned endpoint in use does not say who is there', async () => {
  await rig.start();
  useLearned('10.0.0.2:2379');
  rig.refusing.add('10.0.0.2:2379');
  await rig.next();
  expect(rig.ring.current.target).toBe('10.0.0.1:2379');
});

it('takes an answer without a header for that of nobody', async () => {
  rig.nameless.add('10.0.0.2:2379');
  await rig.start();
  const learned = ['10.0.0.3:2379', 'c.example:2379'];
  expect(rig.targets).toEqual(['10.0.0.1:2379', ...learned]);

  rig.nameless.clear();
  rig.nameless.add('10.0.0.1:2379');
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', ...learned]);
});

it('closes all that it has made when one look goes wrong, and asks again', async () => {
  rig.broken.add('10.0.0.3:2379');
  await rig.start();
  expect(rig.targets).toEqual(['10.0.0.1:2379']);
  const [configured, ...made] = rig.closings;
  expect(configured).not.toHaveBeenCalled();
  expect(made).toHaveLength(3);
  for (const closing of made) expect(closing).toHaveBeenCalledOnce();

  rig.broken.clear();
  await rig.next();
  expect(rig.targets).toHaveLength(4);
});

it.each([
  ['another cluster answers', () => rig.otherClusters.add('10.0.0.2:2379')],
  ['another member answers', () => rig.answering.set('10.0.0.2:2379', 'c')],
  ['who answers names no cluster', () => rig.nameless.add('10.0.0.2:2379')],
  ['who answers does not tell', () => rig.refusing.add('10.0.0.2:2379')],
])('lets go of a learned endpoint where %s, and does not take it in', async (_, happen) => {
  await rig.start();
  expect(rig.targets).toContain('10.0.0.2:2379');
  happen();
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.3:2379', 'c.example:2379']);
  await rig.next();
  expect(rig.targets).not.toContain('10.0.0.2:2379');
});

it('keeps a learned endpoint that does not answer, while its address is advertised', async () => {
  await rig.start();
  rig.away.add('10.0.0.2:2379');
  await rig.next();
  expect(rig.targets).toContain('10.0.0.2:2379');

  rig.members = { a: ['http://10.0.0.1:2379'], b: ['http://10.0.0.7:2379'] };
  await rig.next();
  expect(rig.targets).toEqual(['10.0.0.1:2379', '10.0.0.7:2379']);
});

it.each([
  ['another cluster', () => rig.otherClusters.add('10.0.0.2:2379')],
  ['another member', () => rig.answering.set('10.0.0.2:2379', 'c')],
  ['nobody of a cluster', () => rig.nameless.add('10.0.0.2:2379')],
])('leaves the learned endpoint in use when it has become %s', async (_, happen) => {
  await rig.start();
  useLearned('10.0.0.2:2379');
  rig.notServing.add('10.0.0.1:2379');
  happen();
  await rig.next();
  expect(rig.ring.current.target).toBe('10.0.0.1:2379');
  expect(rig.removed).toEqual(['10.0.0.2:2379']);
});

it('leaves out other addresses of members that the endpoint in use or configured ones reach', async () => {
  await rig.close();
  rig = new Rig('http://etcd-a:2379', 'http://etcd-b:2379', 'http://etcd-c:2379');
  rig.members = {
    a: ['http://10.0.0.1:2379'],
    b: ['http://10.0.0.2:2379'],
    c: ['http://10.0.0.3:2379'],
  };
  rig.answering.set('etcd-b:2379', 'b').set('etcd-c:2379', 'c');
  rig.connected.add('etcd-b:2379');
  await rig.start();
  const configured = ['etcd-a:2379', 'etcd-b:2379', 'etcd-c:2379'];
  expect(rig.targets).toEqual([...configured, '10.0.0.3:2379']);
  expect(rig.asked).toEqual(['etcd-a:2379', 'etcd-b:2379', '10.0.0.3:2379']);

  rig.connected.add('etcd-c:2379');
  await rig.next();
  expect(rig.targets).toEqual(configured);
});

it('takes in sixteen addresses that answer, and no more', async () => {
  const urls = Array.from({ length: 20 }, (_, index) => `http://10.1.0.${index}:2379`);
  rig.members = { a: ['http://10.0.0.1:2379'], b: urls };
  rig.away.add('10.1.0.0:2379').add('10.1.0.1:2379');
  await rig.start();
  expect(rig.ring.learned.map(({ target }) => target)).toEqual(
    urls.slice(2, 18).map((url) => new URL(url).host),
  );
  expect(rig.asked).not.toContain('10.1.0.18:2379');

  await rig.next();
  expect(rig.ring.learned).toHaveLength(16);
  expect(rig.closings).toHaveLength(19);
});

/** Turns to a learned endpoint. */
function useLearned(target: string): void {
  const endpoint = rig.ring.learned.find((other) => other.target === target);
  if (endpoint === undefined) throw new Error(`${target} is not learned`);
  rig.ring.use(endpoint);
}
