import { defaultTenant, type ResourceRecord } from '@service-center/sdcommon';
import { ruleDraft } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { RuleIndex } from './rule-index.ts';

function rule(ruleId: string, createRevision: bigint): ResourceRecord<'RULE'> {
  const draft = ruleDraft(defaultTenant, 'cart-1', {
    ruleId,
    ruleType: 'BLACK',
    attribute: 'Version',
    pattern: '1',
    description: '',
    timestamp: '',
    modTimestamp: '',
  });
  return { ...draft, createRevision, modRevision: createRevision, version: 1n };
}

function ids(index: RuleIndex): readonly string[] {
  return index.ofService(defaultTenant, 'cart-1').map(({ value }) => value.ruleId);
}

describe('RuleIndex', () => {
  it('keeps the rules of a service in the order in which they were added', () => {
    const index = new RuleIndex();
    expect(index.hasAny(defaultTenant)).toBe(false);
    index.replace(undefined, rule('c', 3n));
    index.replace(undefined, rule('b', 2n));
    index.replace(undefined, rule('a', 2n));
    expect(ids(index)).toEqual(['a', 'b', 'c']);
    expect(index.hasAny(defaultTenant)).toBe(true);
    expect(index.ofService({ domain: 'default', project: 'other' }, 'cart-1')).toEqual([]);
  });

  it('follows changes and removals', () => {
    const index = new RuleIndex();
    const before = rule('a', 1n);
    const after = { ...before, modRevision: 9n };
    index.replace(undefined, before);
    index.replace(undefined, rule('b', 2n));
    index.replace(before, after);
    expect(index.ofService(defaultTenant, 'cart-1')[0]).toBe(after);
    index.replace(after, undefined);
    index.replace(rule('b', 2n), undefined);
    expect(ids(index)).toEqual([]);
    expect(index.hasAny(defaultTenant)).toBe(false);
  });
});
