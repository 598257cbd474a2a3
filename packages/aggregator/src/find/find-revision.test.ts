import { createHash } from 'node:crypto';

import { defaultTenant, type ResourceRecord } from '@service-center/sdcommon';
import { instanceDraft, sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { findRevision } from './find-revision.ts';

function instanceAt(modRevision: bigint): ResourceRecord<'INSTANCE'> {
  const draft = instanceDraft(defaultTenant, sampleInstance());
  return { ...draft, createRevision: 1n, modRevision, version: 1n };
}

function instances(...modRevisions: readonly bigint[]): readonly ResourceRecord<'INSTANCE'>[] {
  return modRevisions.map(instanceAt);
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

describe('findRevision', () => {
  it('has the digests of the reference for one cluster', () => {
    expect(findRevision([], undefined)).toBe('97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe');
    expect(findRevision(instances(3n, 7n), undefined)).toBe(
      'a8a4ea1d162a54326b509f17361ddabd9dae0cde',
    );
  });

  it('counts revisions beyond 2^53 exactly', () => {
    expect(findRevision(instances(2n ** 53n), undefined)).not.toBe(
      findRevision(instances(2n ** 53n + 1n), undefined),
    );
  });

  it('tells filtered selections apart, whatever their order', () => {
    const found = instances(7n);
    expect(findRevision(found, ['b', 'a'])).toBe(sha1(`7.1,${sha1('a,b')}`));
    expect(findRevision(found, ['a', 'b'])).toBe(findRevision(found, ['b', 'a']));
    expect(findRevision(found, ['a'])).not.toBe(findRevision(found, ['b']));
    expect(findRevision(found, ['a'])).not.toBe(findRevision(found, undefined));
  });

  it('is the same for every answer without instances, since they have the same bytes', () => {
    expect(findRevision([], ['a'])).toBe(findRevision([], undefined));
  });
});
