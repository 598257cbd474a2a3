import { findViolation, type Checklist, type Rule } from '@service-center/registry/validation';

import type { JsonSchema } from './json-schema.ts';
import { integerSchema, textListSchema, textMapSchema, textSchema } from './rule-schema.ts';

/** A member of a request body. */
export interface RequestMember {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** What a document says of a member besides its rule. */
export interface MemberNotes {
  readonly description?: string;
  /** What the registry puts in the place of an absent or empty value, before it checks. */
  readonly default?: string;
}

/**
 * Picks the rule of a field out of a checklist, by the name that the error's detail gives it.
 *
 * @throws Error when the checklist has no such field: the document would promise what nobody checks
 */
export function ruleOf<T>(checklist: Checklist<T>, field: string): Rule {
  const check = checklist.find((candidate) => candidate.field === field);
  if (check === undefined) throw new Error(`no check is named ${field}`);
  return check.rule;
}

/** A text with a rule. It is required when the rule refuses what is empty, and nothing takes its place. */
export function text(rule: Rule, notes: MemberNotes = {}): RequestMember {
  const isRequired = notes.default === undefined && findViolation('', rule) !== undefined;
  return { schema: annotate(textSchema(rule), notes), isRequired };
}

/** A number with a rule. */
export function integer(rule: Rule, notes: MemberNotes = {}): RequestMember {
  return {
    schema: annotate(integerSchema(rule), notes),
    isRequired: findViolation(0, rule) !== undefined,
  };
}

/** A list of texts with a rule. */
export function textList(rule: Rule, notes: MemberNotes = {}): RequestMember {
  return {
    schema: annotate(textListSchema(rule), notes),
    isRequired: findViolation([], rule) !== undefined,
  };
}

/** A map of texts with a rule. */
export function textMap(rule: Rule, notes: MemberNotes = {}): RequestMember {
  return {
    schema: annotate(textMapSchema(rule), notes),
    isRequired: findViolation({}, rule) !== undefined,
  };
}

/** A member that may be left out. */
export function optional(schema: JsonSchema): RequestMember {
  return { schema, isRequired: false };
}

/** A member that has to be there. */
export function mandatory(schema: JsonSchema): RequestMember {
  return { schema, isRequired: true };
}

/** An object of a request. Members that it does not name are ignored, so they are allowed. */
export function requestObject(
  members: Readonly<Record<string, RequestMember>>,
  description?: string,
): JsonSchema {
  const entries = Object.entries(members);
  const required = entries.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    ...(required.length > 0 && { required }),
  };
}

/** Adds notes to a schema, behind what its rule says of itself. */
export function annotate(schema: JsonSchema, notes: MemberNotes): JsonSchema {
  const description = [notes.description, schema.description].filter(Boolean).join(' ');
  return {
    ...schema,
    ...(description !== '' && { description }),
    ...(notes.default !== undefined && { default: notes.default }),
  };
}
