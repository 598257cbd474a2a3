import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { patterns } from './pattern.ts';
import { describeRule, findViolation } from './rule.ts';

describe('a rule', () => {
  it('counts bytes from below and code points from above', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.nat({ max: 20 }),
        fc.nat({ max: 20 }),
        (text, min, max) => {
          const isValid = Buffer.byteLength(text) >= min && Array.from(text).length <= max;
          expect(findViolation(text, { min, max }) === undefined).toBe(isValid);
        },
      ),
    );
  });

  it('looks at each element of a list and each side of a map', () => {
    const rule = { pattern: patterns.tag };
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }), (texts) => {
        const wrong = texts.find((text) => !patterns.tag.test(text));
        expect(findViolation(texts, rule)).toBe(wrong);
        const map = Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
        expect(findViolation(map, rule)).toBe(wrong);
      }),
    );
  });

  it('says what it wants without what it does not', () => {
    expect(describeRule({ min: 1, max: 64, pattern: patterns.id })).toBe(
      String.raw`{Min: 1, Max: 64, Regexp: ^\S*$}`,
    );
    expect(describeRule({ max: 256 })).toBe('{Max: 256}');
    expect(describeRule({ min: 0, pattern: patterns.level })).toBe(
      '{Regexp: ^(FRONT|MIDDLE|BACK)$}',
    );
  });

  it('prints what breaks it as the reference does', () => {
    expect(findViolation(['a', 'b'], { max: 1 })).toBe('[a b]');
    expect(findViolation({ k2: 'v', k10: 'w', k: 'u' }, { max: 1 })).toBe('map[k:u k10:w k2:v]');
    expect(findViolation(-1, { max: 5 })).toBe('-1');
  });
});

describe('white space', () => {
  it('is what the reference takes for it', () => {
    for (const blank of ['\t', '\n', '\f', '\r', ' ']) {
      expect(patterns.id.test(`a${blank}b`)).toBe(false);
      expect(patterns.nonBlank.test(blank)).toBe(false);
    }
    for (const other of ['\u000b', '\u00a0', '\u3000']) {
      expect(patterns.id.test(`a${other}b`)).toBe(true);
      expect(patterns.nonBlank.test(other)).toBe(true);
    }
  });
});
