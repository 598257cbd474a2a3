import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { channelSecurity } from './channel-security.ts';
import { parseEndpoints } from './endpoint-address.ts';
import { EndpointRing } from './endpoint-ring.ts';
import { Endpoint } from './endpoint.ts';

const clock = new ManualClock();
const closing = new AbortController();
/** By the target: whether it connects. Those that are not here are silent. */
let connecting: Map<string, PromiseWithResolvers<boolean>>;
let connected: Set<string>;
let endpoints: readonly Endpoint[];
let configured: readonly [Endpoint, Endpoint];
let learned: readonly [Endpoint, Endpoint];
let ring: EndpointRing;

beforeEach(() => {
  connecting = new Map();
  connected = new Set();
  configured = [endpointAt('http://a:1'), endpointAt('http://b:1')];
  learned = [endpointAt('http://l:1'), endpointAt('http://m:1')];
  endpoints = [...configured, ...learned];
  ring = ringOf(configured);
});

afterEach(() => {
  for (const endpoint of endpoints) endpoint.close();
});

it('connects to a learned endpoint only when no configured one can be connected to', async () => {
  const connection = ring.connected(closing.signal);
  settle('l:1', true);
  settle('a:1', false);
  await clock.advance(0);
  expect(ring.current).toBe(configured[0]);
  expect(connecting.has('l:1')).toBe(true);
  settle('b:1', false);

  expect(await connection).toBe(learned[0]);
  expect(ring.current).toBe(learned[0]);
});

it('connects to the configured endpoint that takes longer than a learned one', async () => {
  const connection = ring.connected(closing.signal);
  settle('l:1', true);
  settle('a:1', false);
  await clock.advance(0);
  settle('b:1', true);

  expect(await connection).toBe(configured[1]);
});

it('tells that none can be connected to, with all of them', async () => {
  const connection = ring.connected(closing.signal);
  for (const { target } of endpoints) settle(target, false);

  await expect(connection).rejects.toThrow('cannot connect to any of a:1, b:1, l:1, m:1');
});

it('waits no longer for silent ones when another is found to serve', async () => {
  const connection = ring.connected(closing.signal);
  ring.use(learned[1]);

  expect(await connection).toBe(learned[1]);
});

it('repeats no call at a learned endpoint while a configured one is in use', () => {
  ring = ringOf([configured[0]]);
  connected = new Set(['a:1', 'l:1', 'm:1']);

  expect(ring.preferred(configured[0])).toBe(configured[0]);
  expect(ring.attempts).toBe(1);
});

it('repeats a call of a learned endpoint at a configured one, else at the next learned one', () => {
  connected = new Set(['l:1', 'm:1']);
  ring.use(learned[0]);
  expect(ring.preferred(learned[0])).toBe(learned[1]);
  expect(ring.attempts).toBe(4);

  connected.add('b:1');
  expect(ring.preferred(learned[0])).toBe(configured[1]);
});

it('does not let go of the endpoint in use', () => {
  ring.use(learned[0]);
  expect(() => {
    ring.learn([learned[1]]);
  }).toThrow(RangeError);
  expect(ring.learned).toEqual(learned);
});

function ringOf(those: readonly Endpoint[]): EndpointRing {
  const made = new EndpointRing({
    configured: those,
    dialTimeoutMs: 1000,
    closing: closing.signal,
    onLeft: () => undefined,
    onRemoved: () => undefined,
  });
  made.learn(learned);
  return made;
}

function endpointAt(url: string): Endpoint {
  const [address] = parseEndpoints([url]);
  if (address === undefined) throw new Error('there is no address');
  const endpoint = new Endpoint({ address, security: channelSecurity(address), clock });
  vi.spyOn(endpoint, 'isConnected', 'get').mockImplementation(() => connected.has(address.target));
  vi.spyOn(endpoint, 'connect').mockImplementation(() => attemptAt(address.target).promise);
  return endpoint;
}

function attemptAt(target: string): PromiseWithResolvers<boolean> {
  const attempt = connecting.get(target) ?? Promise.withResolvers<boolean>();
  connecting.set(target, attempt);
  return attempt;
}

/** Lets attempts to connect come to their end. */
function settle(target: string, succeeds: boolean): void {
  if (succeeds) connected.add(target);
  attemptAt(target).resolve(succeeds);
}
