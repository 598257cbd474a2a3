import { defaultTenant, type ResourceRecord } from '@service-center/sdcommon';
import { instanceDraft, sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { Cacher, type ChangeContext } from './cacher.ts';

const context: ChangeContext = { receivedMs: 5, isFirstList: false };

function record(
  hostName: string,
  createRevision: bigint,
  modRevision: bigint,
): ResourceRecord<'INSTANCE'> {
  const draft = instanceDraft(defaultTenant, sampleInstance({ hostName }));
  return { ...draft, createRevision, modRevision, version: 1n };
}

function cacherWith(cached: ResourceRecord<'INSTANCE'>): Cacher<'INSTANCE'> {
  const cacher = new Cacher('INSTANCE');
  cacher.putNewer(cached, context);
  return cacher;
}

describe('a record that a watch shows', () => {
  it.each([
    ['with a higher revision', record('b', 1n, 3n), 'UPDATE'],
    ['with the same revision', record('b', 1n, 2n), undefined],
    ['with a lower revision', record('b', 1n, 1n), undefined],
  ])('%s', (_, shown, type) => {
    expect(cacherWith(record('a', 1n, 2n)).putNewer(shown, context)?.type).toBe(type);
  });

  it.each([
    ['and another content', 'b', 'UPDATE'],
    ['and the same content', 'a', undefined],
  ])('without revisions %s', (_, hostName, type) => {
    const cacher = cacherWith(record('a', 0n, 0n));
    expect(cacher.putNewer(record(hostName, 0n, 0n), context)?.type).toBe(type);
  });
});

describe('a listed record', () => {
  it.each([
    ['that is cached', record('a', 2n, 3n), undefined],
    ['with a lower revision', record('a', 2n, 2n), 'UPDATE'],
    ['of another incarnation', record('a', 1n, 3n), 'UPDATE'],
    ['with another content at the same revision', record('b', 2n, 3n), 'UPDATE'],
  ])('%s', (_, listed, type) => {
    const cacher = cacherWith(record('a', 2n, 3n));
    expect(cacher.putDifferent(listed, 9n, context)?.type).toBe(type);
  });

  it('is INIT while the caches are filled', () => {
    const cacher = new Cacher('INSTANCE');
    const event = cacher.putDifferent(record('a', 1n, 1n), 9n, { ...context, isFirstList: true });
    expect(event).toMatchObject({ type: 'INIT', revision: 9n, receivedMs: 5 });
  });
});

it('hands on when a change was committed, where that is known', () => {
  const cacher = new Cacher('INSTANCE');
  const created = cacher.putNewer(record('a', 1n, 1n), { ...context, committedMs: 4 });
  expect(created).toMatchObject({ receivedMs: 5, committedMs: 4 });
  const { key } = record('a', 1n, 1n);
  const removed = cacher.remove(key, 'delete', 2n, context);
  expect(removed).toMatchObject({ receivedMs: 5 });
  expect(removed).not.toHaveProperty('committedMs');
});

it('counts its memory, and gives all of it back', () => {
  const cacher = cacherWith(record('a', 1n, 1n));
  const { bytes } = cacher;
  cacher.putNewer(record('a'.repeat(101), 1n, 2n), context);
  expect(cacher.bytes).toBe(bytes + 200);
  const { key } = record('a', 1n, 1n);
  cacher.remove(key, 'delete', 3n, context);
  expect(cacher.remove(key, 'delete', 3n, context)).toBeUndefined();
  expect(cacher.bytes).toBe(0);
});
