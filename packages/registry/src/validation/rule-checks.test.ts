import { describe, expect, it } from 'vitest';

import { expectRefusal } from '../../test/registry-harness.ts';
import { checkRules, type SentRule } from './rule-checks.ts';

const valid: SentRule = {
  ruleType: 'WHITE',
  attribute: 'tag_a',
  pattern: 'a+',
  description: '',
};

function many(count: number): SentRule[] {
  return Array.from({ length: count }, () => valid);
}

describe('checkRules', () => {
  it.each<Partial<SentRule>>([
    {},
    { ruleType: 'BLACK' },
    { attribute: 'ServiceId' },
    { attribute: 'Status' },
    { attribute: `tag_a${'b'.repeat(63)}` },
    { pattern: 'x'.repeat(64) },
    { pattern: '(' },
    { description: 'd'.repeat(256) },
  ])('accepts %j', (fields) => {
    expect(() => {
      checkRules('id', [{ ...valid, ...fields }]);
    }).not.toThrow();
  });

  it.each<Partial<SentRule>>([
    { ruleType: '' },
    { ruleType: 'white' },
    { ruleType: 'UNKNOWN' },
    { attribute: '' },
    { attribute: 'tag_' },
    { attribute: 'tag_1' },
    { attribute: `tag_a${'b'.repeat(64)}` },
    { attribute: 'Environment' },
    { attribute: 'xServiceId' },
    { pattern: '' },
    { pattern: 'x'.repeat(65) },
    { description: 'd'.repeat(257) },
  ])('refuses %j', async (fields) => {
    await expectRefusal(
      () => {
        checkRules('id', [valid, { ...valid, ...fields }]);
      },
      'invalidParameters',
      /AddOrUpdateServiceRule/,
    );
  });

  it('takes 1 to 100 rules for an id of 1 to 64 bytes', async () => {
    expect(() => {
      checkRules('i'.repeat(64), many(100));
    }).not.toThrow();
    for (const [serviceId, count] of [
      ['id', 0],
      ['id', 101],
      ['', 1],
      ['i'.repeat(65), 1],
    ] as const) {
      await expectRefusal(
        () => {
          checkRules(serviceId, many(count));
        },
        'invalidParameters',
        /AddServiceRulesRequest/,
      );
    }
  });
});
