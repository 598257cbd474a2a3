import {
  findViolation,
  patterns,
  rules,
  type Pattern,
  type Rule,
  type RuleValue,
} from '@service-center/registry/validation';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonSchema } from './json-schema.ts';
import { integerSchema, textListSchema, textMapSchema, textSchema } from './rule-schema.ts';

// A schema says all that these patterns say. The others also bound the numbers in a version, which no schema can.
const wholePatterns: readonly Pattern[] = Object.values<Pattern>(patterns).filter(
  ({ expression, text }) => expression !== undefined && !text.startsWith('the form'),
);
const wholeRules: readonly Rule[] = [
  ...wholePatterns.map((pattern) => ({ pattern })),
  ...Object.values<Rule>(rules).filter(
    ({ pattern }) => pattern === undefined || wholePatterns.includes(pattern),
  ),
  { min: 1, max: 3 },
  { max: 256 },
  {},
];

const words = fc.constantFrom('', 'UP', 'DOWN', 'FRONT', 'push', 'WHITE', 'tag_a', 'AppId', 'a b');
const texts = fc.oneof(
  words,
  fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'Z', '0', '_', '-', '.', ':', '/', ' ') }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.nat(300).map((length) => 'x'.repeat(length)),
);

type Comparison = (value: RuleValue) => boolean;

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** For each rule, whether its schema decides as the rule does. */
function comparisons(
  compared: readonly Rule[],
  schemaOf: (rule: Rule) => JsonSchema,
): fc.Arbitrary<Comparison> {
  return fc.constantFrom(
    ...compared.map((rule): Comparison => {
      const validate = ajv.compile(schemaOf(rule));
      return (value) => validate(value) === (findViolation(value, rule) === undefined);
    }),
  );
}

describe('the schema of a rule', () => {
  it('accepts the texts that the rule accepts', () => {
    const agreement = fc.property(comparisons(wholeRules, textSchema), texts, (isSame, value) =>
      isSame(value),
    );
    expect(fc.check(agreement, { numRuns: 2000 })).toMatchObject({ failed: false });
  });

  it('accepts the numbers that the rule accepts', () => {
    const bounds: readonly Rule[] = [{}, { max: 65_535 }, { min: 1, max: 2_147_483_647 }];
    const numbers = fc.oneof(
      fc.constantFrom(-1, 0, 1, 65_535, 65_536, 2_147_483_647),
      fc.integer({ min: -10, max: 70_000 }),
    );
    const agreement = fc.property(comparisons(bounds, integerSchema), numbers, (isSame, value) =>
      isSame(value),
    );
    expect(fc.check(agreement)).toMatchObject({ failed: false });
  });

  it('accepts the lists and maps that the rule accepts', () => {
    const bounds: readonly Rule[] = [{}, { min: 1 }, { max: 2 }, { min: 1, max: 3 }];
    const bounded: Rule[] = [...bounds];
    for (const bound of bounds) {
      for (const pattern of wholePatterns) bounded.push({ ...bound, pattern });
    }
    const agreement = fc.property(
      comparisons(bounded, textListSchema),
      comparisons(bounded, textMapSchema),
      fc.array(texts, { maxLength: 4 }),
      (isListSame, isMapSame, list) =>
        isListSame(list) && isMapSame(Object.fromEntries(list.map((text) => [`k${text}`, text]))),
    );
    expect(fc.check(agreement, { numRuns: 1000 })).toMatchObject({ failed: false });
  });
});
