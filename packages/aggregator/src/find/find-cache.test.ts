import { gunzipSync } from 'node:zlib';

import { defaultTenant, type ResourceRecord, type Tenant } from '@service-center/sdcommon';
import { instanceDraft, sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { InstanceIndex } from '../index/instance-index.ts';
import { FindCache } from './find-cache.ts';
import type { FindAnswer, Resolution } from './find-answer.ts';

let nextRevision = 1n;

function instanceOf(
  serviceId: string,
  instanceId: string,
  hostName = 'n',
): ResourceRecord<'INSTANCE'> {
  const revision = nextRevision++;
  const instance = sampleInstance({ serviceId, instanceId, hostName });
  return {
    ...instanceDraft(defaultTenant, instance),
    createRevision: revision,
    modRevision: revision,
    version: 1n,
  };
}

function rootOf(serviceName: string, tenant: Tenant = defaultTenant) {
  return { tenant, environment: '', appId: 'shop', serviceName };
}

function select(...serviceIds: readonly string[]): () => Resolution {
  return () => ({ serviceIds, isFiltered: false });
}

function setUp(maxBytes?: number) {
  const instances = new InstanceIndex();
  const cache = new FindCache({ instances, ...(maxBytes !== undefined && { maxBytes }) });
  return { instances, cache };
}

function instanceIds(answer: FindAnswer): readonly (string | undefined)[] {
  return Array.from(
    answer.body.toString().matchAll(/"instanceId":"(\w+)"/g),
    ([, instanceId]) => instanceId,
  );
}

function notCalled(): Resolution {
  throw new Error('the request was resolved again');
}

describe('lookup', () => {
  it('answers with the encoded instances, service by service, each in order of registration', () => {
    const { instances, cache } = setUp();
    const records = [
      instanceOf('new', 'z'),
      instanceOf('old', 'b'),
      instanceOf('new', 'c'),
      instanceOf('old', 'a'),
    ];
    for (const record of records.toReversed()) instances.replace(undefined, record);
    const answer = cache.lookup(rootOf('cart'), '', select('new', 'old'));
    expect(instanceIds(answer)).toEqual(['z', 'c', 'b', 'a']);
    expect(answer).toMatchObject({ count: 4, serviceIds: ['new', 'old'], isCurrent: true });
    expect(answer.revision).toMatch(/^[0-9a-f]{40}$/);
  });

  it('answers {} where there is no instance', () => {
    const { cache } = setUp();
    const answer = cache.lookup(rootOf('cart'), '', select('s'));
    expect(answer.body.toString()).toBe('{}');
    expect(answer.revision).toBe('97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe');
  });

  it('resolves a request once, and shares the bytes between requests that select the same', () => {
    const { instances, cache } = setUp();
    instances.replace(undefined, instanceOf('s', 'a'));
    const first = cache.lookup(rootOf('cart'), 'consumer-1', select('s'));
    expect(cache.lookup(rootOf('cart'), 'consumer-1', notCalled)).toBe(first);
    expect(cache.lookup(rootOf('cart'), 'consumer-2', select('s'))).toBe(first);
    expect(cache.lookup(rootOf('cart'), 'consumer-3', select('s', 't'))).not.toBe(first);
    expect(cache.statistics).toMatchObject({ hits: 1, misses: 3, roots: 1 });
  });

  it('keeps filtered and unfiltered selections of the same services apart', () => {
    const { instances, cache } = setUp();
    instances.replace(undefined, instanceOf('s', 'a'));
    const plain = cache.lookup(rootOf('cart'), '1', select('s'));
    const filtered = cache.lookup(rootOf('cart'), '2', () => ({
      serviceIds: ['s'],
      isFiltered: true,
    }));
    expect(filtered.revision).not.toBe(plain.revision);
  });

  it('lets an error of the resolution pass and keeps nothing', () => {
    const { cache } = setUp();
    expect(() => cache.lookup(rootOf('cart'), '', notCalled)).toThrow('resolved again');
    expect(cache.statistics).toMatchObject({ roots: 0, bytes: 0 });
  });
});

describe('drop', () => {
  it('forgets all answers of the name, and marks them as overtaken', () => {
    const { instances, cache } = setUp();
    instances.replace(undefined, instanceOf('s', 'a'));
    const answers = ['1', '2'].map((key) => cache.lookup(rootOf('cart'), key, select('s', key)));
    const other = cache.lookup(rootOf('price'), '', select('p'));
    cache.drop(defaultTenant, '', 'shop', 'cart');
    expect(answers.map(({ isCurrent }) => isCurrent)).toEqual([false, false]);
    expect(other.isCurrent).toBe(true);
    instances.replace(undefined, instanceOf('s', 'b'));
    expect(instanceIds(cache.lookup(rootOf('cart'), '1', select('s')))).toEqual(['a', 'b']);
  });

  it('gives back the memory', () => {
    const { cache } = setUp();
    cache.lookup(rootOf('cart'), '', select('s'));
    cache.lookup(rootOf('price'), '', select('s'));
    cache.drop(defaultTenant, '', 'shop', 'cart');
    cache.drop(defaultTenant, '', 'shop', 'unknown');
    cache.clear();
    expect(cache.statistics).toMatchObject({ roots: 0, bytes: 0 });
  });
});

describe('the bound in bytes', () => {
  it('makes the names used least recently leave', () => {
    const { instances, cache } = setUp(11_000);
    for (const id of ['a', 'b', 'c', 'd']) {
      instances.replace(undefined, instanceOf(id, 'i', 'x'.repeat(2000)));
    }
    const lookup = (id: string): FindAnswer => cache.lookup(rootOf(id), '', select(id));
    const [a, b, c] = ['a', 'b', 'c'].map(lookup);
    lookup('a');
    lookup('d');
    expect([a, b, c].map((answer) => answer?.isCurrent)).toEqual([true, false, true]);
    expect(cache.statistics.bytes).toBeLessThanOrEqual(11_000);
    expect(cache.statistics.roots).toBe(3);
  });

  it('keeps one answer that is too large by itself, but no more of its name', () => {
    const { instances, cache } = setUp(5000);
    instances.replace(undefined, instanceOf('a', 'i', 'x'.repeat(6000)));
    instances.replace(undefined, instanceOf('b', 'i', 'x'.repeat(6000)));
    const first = cache.lookup(rootOf('cart'), '1', select('a'));
    expect(cache.lookup(rootOf('cart'), '1', notCalled)).toBe(first);
    const second = cache.lookup(rootOf('cart'), '2', select('b'));
    expect(first.isCurrent).toBe(false);
    expect(second.isCurrent).toBe(true);
    expect(cache.lookup(rootOf('cart'), '2', notCalled)).toBe(second);
  });

  it('holds against any number of different requests', () => {
    const { cache } = setUp(50_000);
    for (let index = 0; index < 2000; index++) {
      cache.lookup(rootOf('cart'), `tags=${index}`, select('s'));
      expect(cache.statistics.bytes).toBeLessThanOrEqual(50_000);
    }
  });
});

describe('gzip', () => {
  it('compresses once, when asked, and counts the bytes', async () => {
    const { instances, cache } = setUp();
    instances.replace(undefined, instanceOf('s', 'a'));
    const answer = cache.lookup(rootOf('cart'), '', select('s'));
    expect(answer.gzipBody).toBeUndefined();
    const { bytes } = cache.statistics;
    const [first, second] = await Promise.all([answer.gzip(), answer.gzip()]);
    expect(second).toBe(first);
    expect(answer.gzipBody).toBe(first);
    expect(gunzipSync(first)).toEqual(answer.body);
    expect(cache.statistics.bytes).toBe(bytes + first.length);
  });

  it('does not count what was dropped meanwhile', async () => {
    const { cache } = setUp();
    const answer = cache.lookup(rootOf('cart'), '', select('s'));
    const compressed = answer.gzip();
    cache.clear();
    await compressed;
    expect(cache.statistics.bytes).toBe(0);
  });
});
