import { expect, it } from 'vitest';

import { advertisedEndpoint } from './advertised-endpoint.ts';

function networkAddress(
  address: string,
  family: 'IPv4' | 'IPv6',
  internal = false,
): NonNullable<Parameters<typeof advertisedEndpoint>[1]>[string] {
  const base = { address, netmask: '', mac: '', internal, cidr: null };
  return family === 'IPv4' ? [{ ...base, family }] : [{ ...base, family, scopeid: 0 }];
}

const interfaces = {
  lo: networkAddress('127.0.0.1', 'IPv4', true),
  link: networkAddress('fe80::1', 'IPv6'),
  six: networkAddress('2001:db8::7', 'IPv6'),
  four: networkAddress('10.0.0.7', 'IPv4'),
};

it.each([
  ['host', 'rest://host:30100/'],
  ['host:8080', 'rest://host:8080/'],
  ['10.1.1.1', 'rest://10.1.1.1:30100/'],
  ['2001:db8::1', 'rest://[2001:db8::1]:30100/'],
  ['[2001:db8::1]', 'rest://[2001:db8::1]:30100/'],
  ['[2001:db8::1]:80', 'rest://[2001:db8::1]:80/'],
])('is the configured one: %s', (configured, endpoint) => {
  expect(advertisedEndpoint({ configured, address: '0.0.0.0', port: 30_100 }, interfaces)).toBe(
    endpoint,
  );
});

it.each([
  ['127.0.0.1', 'rest://127.0.0.1:1/'],
  ['::1', 'rest://[::1]:1/'],
  ['10.9.9.9', 'rest://10.9.9.9:1/'],
])('is the address that is bound: %s', (address, endpoint) => {
  expect(advertisedEndpoint({ configured: '', address, port: 1 }, interfaces)).toBe(endpoint);
});

it.each(['0.0.0.0', '::'])('is the first address outside of this machine for %s', (address) => {
  const bound = { configured: '', address, port: 1 };
  const { lo, link, six } = interfaces;
  expect(advertisedEndpoint(bound, interfaces)).toBe('rest://10.0.0.7:1/');
  expect(advertisedEndpoint(bound, { lo, link, six })).toBe('rest://[2001:db8::7]:1/');
  expect(advertisedEndpoint(bound, { lo, link })).toBe('rest://127.0.0.1:1/');
});
