import type { Rule } from '@service-center/registry/validation';

import type { JsonSchema } from './json-schema.ts';

const wordList = /^\^\(([A-Za-z]+(?:\|[A-Za-z]+)*)\)(\??)\$$/;

/** What a text that a rule accepts looks like. */
export function textSchema(rule: Rule): JsonSchema {
  return {
    type: 'string',
    ...(isBound(rule.min) && { minLength: rule.min }),
    ...(isBound(rule.max) && { maxLength: rule.max }),
    ...patternSchema(rule),
  };
}

/** What a 32 bit number that a rule accepts looks like. */
export function integerSchema(rule: Rule): JsonSchema {
  return {
    type: 'integer',
    format: 'int32',
    minimum: rule.min ?? 0,
    ...(isBound(rule.max) && { maximum: rule.max }),
  };
}

/** What a list of texts that a rule accepts looks like. */
export function textListSchema(rule: Rule): JsonSchema {
  return {
    type: 'array',
    items: { type: 'string', ...patternSchema(rule) },
    ...listBounds(rule),
  };
}

/** The bounds that a rule sets to the number of a list's elements. */
export function listBounds(rule: Rule): JsonSchema {
  return {
    ...(isBound(rule.min) && { minItems: rule.min }),
    ...(isBound(rule.max) && { maxItems: rule.max }),
  };
}

/** What a map of texts that a rule accepts looks like; the rule's pattern holds for keys and values. */
export function textMapSchema(rule: Rule): JsonSchema {
  const pattern = patternSchema(rule);
  return {
    type: 'object',
    ...(rule.pattern !== undefined && { propertyNames: pattern }),
    additionalProperties: { type: 'string', ...pattern },
    ...(isBound(rule.min) && { minProperties: rule.min }),
    ...(isBound(rule.max) && { maxProperties: rule.max }),
  };
}

// Quotas that are switched off are as large as a number can be; a document says nothing then.
function isBound(bound: number | undefined): bound is number {
  return bound !== undefined && bound !== 0 && bound !== Number.MAX_SAFE_INTEGER;
}

function patternSchema({ pattern }: Rule): JsonSchema {
  if (pattern === undefined) return {};
  const { expression, text } = pattern;
  const words = expression === undefined ? null : wordList.exec(expression);
  if (words !== null) {
    const [, list = '', isOptional] = words;
    return { enum: isOptional === '?' ? [...list.split('|'), ''] : list.split('|') };
  }
  return {
    ...(expression !== undefined && { pattern: expression }),
    // Such a text is a sentence, and says what an expression cannot.
    ...(text.startsWith('the form') && { description: `Has ${text}.` }),
  };
}
