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

describe('the schema of a rule', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const compared = (
    compiled: readonly Rule[],
    schemaOf: (rule: Rule) => JsonSchema,
  ): fc.Arbitrary<(value: RuleValue) => void> =>
    fc.constantFrom(
      ...compiled.map((rule) => {
        const schema = schemaOf(rule);
        const validate = ajv.compile(schema);
        return (value: RuleValue): void => {
          expect(validate(value), JSON.stringify({ schema, value })).toBe(
            findViolation(value, rule) === undefined,
          );
        };
      }),
    );

  it('accepts the texts that the rule accepts', () => {
    fc.assert(
      fc.property(compared(wholeRules, textSchema), texts, (compare, value) => {
        compare(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts the numbers that the rule accepts', () => {
    const bounds: readonly Rule[] = [{}, { max: 65_535 }, { min: 1, max: 2_147_483_647 }];
    const numbers = fc.oneof(
      fc.constantFrom(-1, 0, 1, 65_535, 65_536, 2_147_483_647),
      fc.integer({ min: -10, max: 70_000 }),
    );
    fc.assert(
      fc.property(compared(bounds, integerSchema), numbers, (compare, value) => {
        compare(value);
      }),
    );
  });

  it('accepts the lists and maps that the rule accepts', () => {
    const bounds: readonly Rule[] = [{}, { min: 1 }, { max: 2 }, { min: 1, max: 3 }];
    const bounded = bounds.flatMap((bound) => [
      bound,
      ...wholePatterns.map((pattern) => ({ ...bound, pattern })),
    ]);
    fc.assert(
      fc.property(
        compared(bounded, textListSchema),
        compared(bounded, textMapSchema),
        fc.array(texts, { maxLength: 4 }),
        (compareList, compareMap, list) => {
          compareList(list);
          compareMap(Object.fromEntries(list.map((text) => [`k${text}`, text])));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
