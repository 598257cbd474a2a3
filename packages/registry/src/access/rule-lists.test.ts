import {
  defaultTenant,
  emptyStringMap,
  encodeServiceRule,
  toStringMap,
  type ResourceRecord,
} from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { service } from '../../test/requests.ts';
import { LinearPattern } from './linear-pattern.ts';
import { RuleLists } from './rule-lists.ts';

function rule(
  ruleType: 'BLACK' | 'WHITE',
  attribute: string,
  pattern: string,
): ResourceRecord<'RULE'> {
  const value = {
    ruleId: 'r',
    ruleType,
    attribute,
    pattern,
    description: '',
    timestamp: '1',
    modTimestamp: '1',
  };
  return {
    type: 'RULE',
    key: `${attribute}/${pattern}`,
    identity: { tenant: defaultTenant, serviceId: 's', ruleId: 'r' },
    value,
    encoded: encodeServiceRule(value),
    createRevision: 1n,
    modRevision: 1n,
    version: 1n,
  };
}

const consumer = service({
  serviceId: 'id-1',
  appId: 'app',
  serviceName: 'web',
  version: '1.0.0',
  description: 'front end',
  level: 'FRONT',
  status: 'UP',
});

describe('RuleLists', () => {
  const lists = new RuleLists();

  it.each([
    ['ServiceId', '^id-1$'],
    ['AppId', 'app'],
    ['ServiceName', 'w.b'],
    ['Version', '1.0.0'],
    ['Description', 'end$'],
    ['Level', 'FRONT|BACK'],
    ['Status', 'U'],
    ['tag_zone', '^a+$'],
  ])('looks at %s', (attribute, pattern) => {
    const tags = toStringMap([['zone', 'aa']]);
    expect(lists.allows([rule('BLACK', attribute, pattern)], consumer, tags)).toBe(false);
    expect(lists.allows([rule('WHITE', attribute, pattern)], consumer, tags)).toBe(true);
    expect(lists.allows([rule('BLACK', attribute, 'nothing')], consumer, tags)).toBe(true);
    expect(lists.allows([rule('WHITE', attribute, 'nothing')], consumer, tags)).toBe(false);
  });

  it('lets everybody through without rules', () => {
    expect(lists.allows([], consumer, emptyStringMap)).toBe(true);
  });

  it('needs one match of a white list, and none of a black list', () => {
    const names = ['web', 'shop'];
    const white = names.map((name) => rule('WHITE', 'ServiceName', name));
    const black = names.map((name) => rule('BLACK', 'ServiceName', name));
    expect(lists.allows(white, consumer, emptyStringMap)).toBe(true);
    expect(lists.allows(black, consumer, emptyStringMap)).toBe(false);
  });

  it.each(['tag_zone', 'tag_constructor', 'Environment'])(
    'matches nothing where the consumer has no %s',
    (attribute) => {
      expect(lists.allows([rule('BLACK', attribute, '.*')], consumer, emptyStringMap)).toBe(true);
      expect(lists.allows([rule('WHITE', attribute, '.*')], consumer, emptyStringMap)).toBe(false);
    },
  );

  it('takes a pattern that is no expression for one that matches nothing', () => {
    expect(lists.allows([rule('BLACK', 'Version', '(')], consumer, emptyStringMap)).toBe(true);
    expect(lists.allows([rule('WHITE', 'Version', '[z-a]')], consumer, emptyStringMap)).toBe(false);
  });
});

describe('LinearPattern', () => {
  it.each(['(a+)+$', '^(a|aa)+$', '(.*)*(.*)*x', '((a?){30}a{30})+b'])(
    'is done with %s at once',
    (pattern) => {
      // JavaScript's own engine would try more ways than there are atoms before it gave up.
      const startMs = performance.now();
      new LinearPattern(pattern).occursIn(`${'a'.repeat(255)}!`);
      expect(performance.now() - startMs).toBeLessThan(2000);
    },
  );
});
