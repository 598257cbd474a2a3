import { expect, it } from 'vitest';

import { loadConfiguration } from '../configuration/index.ts';
import { etcdEndpoints, type EtcdEndpoints } from './etcd-endpoints.ts';

function read(endpoints: string, more: readonly string[] = []): EtcdEndpoints {
  return etcdEndpoints(
    loadConfiguration({
      flags: { set: [`registry.etcd.cluster.endpoints=${endpoints}`, ...more] },
      environment: {},
      files: [],
      workingDirectory: '/',
    }),
  );
}

it('takes every address of a plain list', () => {
  expect(read('http://10.0.0.1:2379, 10.0.0.2:2379').urls).toEqual([
    'http://10.0.0.1:2379',
    'http://10.0.0.2:2379',
  ]);
});

it('takes those of the own cluster from a list of clusters', () => {
  const clusters = 'sc-0=http://10.0.0.1:2379,http://10.0.0.2:2379,sc-1=https://10.1.0.1:2379';
  expect(read(clusters, ['registry.etcd.cluster.name=sc-0']).urls).toEqual([
    'http://10.0.0.1:2379',
    'http://10.0.0.2:2379',
  ]);
  expect(read(clusters, ['registry.etcd.cluster.name=sc-1']).urls).toEqual([
    'https://10.1.0.1:2379',
  ]);
  expect(() => read(clusters)).toThrow(
    'has the clusters sc-0, sc-1; one of them must be registry.etcd.cluster.name, which is default',
  );
});

it('lets managerEndpoints replace those of the own cluster, in a list of clusters only', () => {
  const manager = 'registry.etcd.cluster.managerEndpoints=http://10.9.0.1:2379';
  expect(
    read('sc-0=http://10.0.0.1:2379,sc-1=http://10.1.0.1:2379', [
      'registry.etcd.cluster.name=sc-1',
      manager,
    ]).urls,
  ).toEqual(['http://10.9.0.1:2379']);
  expect(read('http://10.0.0.1:2379', [manager]).urls).toEqual(['http://10.0.0.1:2379']);
});

it('takes a login from an address, and keeps it out of the addresses', () => {
  expect(read('https://registry:p%40ss@10.0.0.1:2379,https://10.0.0.2:2379')).toEqual({
    urls: ['https://10.0.0.1:2379', 'https://10.0.0.2:2379'],
    user: { name: 'registry', password: 'p@ss' },
  });
});

it.each(['ftp://10.0.0.1:2379', 'http://', 'https://user:secret@'])(
  'refuses %s without showing a password',
  (address) => {
    expect(() => read(address)).toThrow('it must be a URL such as http://10.0.0.1:2379');
    expect(() => read(address)).not.toThrow('secret');
  },
);
