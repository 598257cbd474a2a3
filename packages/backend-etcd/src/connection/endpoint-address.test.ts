import { expect, it } from 'vitest';

import { parseEndpoints } from './endpoint-address.ts';

it.for([
  ['http://127.0.0.1:2379', { host: '127.0.0.1', target: '127.0.0.1:2379', isSecure: false }],
  [
    'https://etcd.example:2379/',
    { host: 'etcd.example', target: 'etcd.example:2379', isSecure: true },
  ],
  ['etcd-0:2379', { host: 'etcd-0', target: 'etcd-0:2379', isSecure: false }],
  ['http://[::1]:2379', { host: '::1', target: '[::1]:2379', isSecure: false }],
  ['https://etcd', { host: 'etcd', target: 'etcd:443', isSecure: true }],
] as const)('reads %s', ([endpoint, address]) => {
  expect(parseEndpoints([endpoint])).toEqual([address]);
});

it.for(['', 'ftp://etcd:2379', 'unix:///run/etcd', 'http://', 'http://a:b:c'])(
  'refuses %j',
  (endpoint) => {
    expect(() => parseEndpoints(['http://etcd:2379', endpoint])).toThrow(RangeError);
  },
);

it('refuses none at all, and a mixture of secure and insecure ones', () => {
  expect(() => parseEndpoints([])).toThrow('endpoints is empty');
  expect(() => parseEndpoints(['http://a:1', 'https://b:1'])).toThrow('mixes http and https');
});

it('does not repeat a password in its error', () => {
  expect(() => parseEndpoints(['ftp://user:secret@etcd:2379'])).toThrow(/^(?!.*secret).*etcd/);
});
