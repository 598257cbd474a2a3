import { StoreHealth } from '@service-center/backend-kv';
import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, expect, it, vi } from 'vitest';

import { RpcError } from '../rpc/rpc-error.ts';
import { channelSecurity } from './channel-security.ts';
import { parseEndpoints } from './endpoint-address.ts';
import { EndpointProbe } from './endpoint-probe.ts';
import { EndpointRing } from './endpoint-ring.ts';
import { Endpoint } from './endpoint.ts';

const intervalMs = 1000;
const loneTimeoutMs = 5000;

/** `away`: refuses connections. `leaderless`: says so at once. `silent`: says nothing. */
type Condition = 'serving' | 'away' | 'leaderless' | 'silent';

/** Endpoints whose condition a test decides: `a` and `b` are configured, `l` and `m` are learned. */
class Rig {
  readonly clock = new ManualClock();
  readonly conditions = new Map<string, Condition>();
  readonly asked: string[] = [];
  readonly entered: string[] = [];
  readonly ring: EndpointRing;
  readonly probe: EndpointProbe;
  status = 'up';
  readonly #health = new StoreHealth();
  readonly #closing = new AbortController();

  constructor(...configured: readonly string[]) {
    this.ring = new EndpointRing({
      configured: configured.map((name) => this.#endpointOf(name)),
      dialTimeoutMs: 1000,
      closing: this.#closing.signal,
      onLeft: (_, { address }) => this.entered.push(address.host),
      onRemoved: () => undefined,
    });
    this.ring.learn(['l', 'm'].map((name) => this.#endpointOf(name)));
    this.#health.changes$.subscribe(({ status }) => {
      this.status = status;
    });
    this.probe = new EndpointProbe({
      ring: this.ring,
      health: this.#health,
      intervalMs,
      loneTimeoutMs,
      ask: async ({ address: { host } }, timeoutMs, signal) => {
        this.asked.push(host);
        await this.#answer(host, timeoutMs, signal);
      },
      clock: this.clock,
      logger: silentLogger,
      closing: this.#closing.signal,
    });
    this.probe.start();
  }

  get inUse(): string {
    return this.ring.current.address.host;
  }

  async close(): Promise<void> {
    this.#closing.abort(new RpcError('unavailable', 'closed'));
    await this.probe.stop();
    for (const endpoint of this.ring.endpoints) endpoint.close();
    expect(this.clock.pendingTimers).toBe(0);
  }

  async #answer(host: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const condition = this.conditions.get(host);
    if (condition === 'away') throw new RpcError('unavailable', `${host} is away`);
    if (condition === 'leaderless') throw new RpcError('unavailable', `${host} has no leader`);
    if (condition !== 'silent') return;
    await this.clock.sleep(timeoutMs, signal);
    throw new RpcError('timedOut', `${host} is silent`);
  }

  #endpointOf(name: string): Endpoint {
    const [address] = parseEndpoints([`http://${name}:1`]);
    if (address === undefined) throw new Error('there is no address');
    const { clock } = this;
    const endpoint = new Endpoint({ address, security: channelSecurity(address), clock });
    const isAway = (): boolean => this.conditions.get(name) === 'away';
    vi.spyOn(endpoint, 'isConnected', 'get').mockImplementation(() => !isAway());
    vi.spyOn(endpoint, 'isFailing', 'get').mockImplementation(isAway);
    vi.spyOn(endpoint, 'connect').mockImplementation(() => Promise.resolve(!isAway()));
    return endpoint;
  }
}

let rig: Rig;

afterEach(async () => {
  await rig.close();
});

it('turns to another configured endpoint without a look at learned ones', async () => {
  rig = new Rig('a', 'b');
  rig.conditions.set('a', 'away');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['b']);
  expect(rig.asked).toEqual(['a', 'b']);
});

it('turns to a learned endpoint when no configured one serves', async () => {
  rig = new Rig('a', 'b');
  rig.conditions.set('a', 'away').set('b', 'leaderless').set('l', 'away');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['m']);
  expect(rig.status).toBe('up');
});

it('turns to a configured endpoint that serves by the time that a learned one does', async () => {
  rig = new Rig('a', 'b');
  for (const name of ['a', 'b', 'l', 'm']) rig.conditions.set(name, 'away');
  await rig.clock.advance(intervalMs);
  expect(rig.status).toBe('down');
  rig.conditions.clear();
  rig.conditions.set('a', 'away');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['b']);
  expect(rig.status).toBe('up');
});

it('waits for no configured endpoint that stays silent while a learned one serves', async () => {
  rig = new Rig('a', 'b');
  for (const name of ['a', 'b', 'l', 'm']) rig.conditions.set(name, 'silent');
  await rig.clock.advance(10 * intervalMs);
  expect(rig.status).toBe('down');
  rig.conditions.set('l', 'serving');
  await rig.clock.advance(3 * intervalMs);

  expect(rig.entered).toEqual(['l']);
  expect(rig.status).toBe('up');
});

it('turns to a learned endpoint at once when the lone configured one is gone', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'away');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['l']);
  expect(rig.status).toBe('up');
});

it('gives a lone configured endpoint all its time to answer', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'silent');
  await rig.clock.advance(intervalMs + loneTimeoutMs - 1);
  expect(rig.asked).toEqual(['a']);
  // It is looked at once more, for an interval.
  await rig.clock.advance(1 + intervalMs);

  expect(rig.entered).toEqual(['l']);
  expect(rig.status).toBe('up');
});

it('waits for the election of a lone configured endpoint to end', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'leaderless');
  await rig.clock.advance(loneTimeoutMs);
  expect(rig.status).toBe('down');
  rig.conditions.set('a', 'serving');
  await rig.clock.advance(intervalMs);

  expect(rig.status).toBe('up');
  expect(rig.entered).toEqual([]);
  expect(new Set(rig.asked)).toEqual(new Set(['a']));
});

it('turns to a learned endpoint when the lone configured one finds no leader in its time', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'leaderless');
  await rig.clock.advance(intervalMs + loneTimeoutMs + intervalMs);

  expect(rig.entered).toEqual(['l']);
  expect(rig.status).toBe('up');
});

it('waits no longer for an election when the lone configured endpoint is gone', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'leaderless');
  await rig.clock.advance(intervalMs);
  rig.conditions.set('a', 'away');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['l']);
});

it('leaves a learned endpoint for a configured one, else for another learned one', async () => {
  rig = new Rig('a');
  rig.conditions.set('a', 'away');
  await rig.clock.advance(intervalMs);
  rig.conditions.set('l', 'away');
  await rig.clock.advance(intervalMs);
  expect(rig.inUse).toBe('m');
  rig.conditions.set('m', 'away').set('a', 'serving').set('l', 'serving');
  await rig.clock.advance(intervalMs);

  expect(rig.entered).toEqual(['l', 'm', 'a']);
});

it('says whether an endpoint serves within an interval', async () => {
  rig = new Rig('a');
  const [first] = rig.ring.configured;
  if (first === undefined) throw new Error('there is no endpoint');
  expect(await rig.probe.serves(first)).toBe(true);
  rig.conditions.set('a', 'silent');
  const silent = rig.probe.serves(first);
  await rig.clock.advance(intervalMs);
  expect(await silent).toBe(false);
});
