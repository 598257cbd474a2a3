import { findViolation, type Rule } from '@service-center/registry/validation';
import type { ErrorName } from '@service-center/sdcommon';

import type { Responses } from './document-types.ts';
import type { JsonSchema } from './json-schema.ts';
import { annotate } from './request-schema.ts';
import { textSchema } from './rule-schema.ts';

/** The groups under which operations are shown. */
export const tags = {
  Server: 'What the server is, and whether it can serve.',
  Services: 'Services: one for each version of a name.',
  Tags: 'Tags of services, which finds can ask for.',
  Rules: 'Black and white lists: which consumers may find a service.',
  Schemas: 'The contracts of services.',
  Instances: 'Instances and what keeps them alive.',
  Discovery: 'Finding instances.',
  Dependencies: 'Who depends on whom.',
  Governance: 'Views over the whole registry, for consoles.',
  Administration: 'For operators.',
  Documentation: 'This document.',
} as const satisfies Record<string, string>;

/** A parameter of a request that is not part of its path. */
export interface ParameterSpec {
  readonly name: string;
  readonly in: 'header' | 'query';
  readonly description: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
}

/** A header of an answer that is always there. */
export interface HeaderSpec {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** What an operation answers when all went well. */
export interface AnswerSpec {
  readonly description: string;
  /** Default 200. */
  readonly status?: 101 | 200;
  /** The body by media type; none without it. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
  readonly headers?: readonly HeaderSpec[];
  /** Answers 304 to whoever holds this revision already. */
  readonly isConditional?: true;
}

/** What the document says of the rows of the route table that have this handler; the rest it takes from the rows. */
export interface OperationSpec {
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterSpec[];
  /** Path parameters whose rule is not the usual one of their name. */
  readonly pathParameters?: Readonly<Record<string, JsonSchema>>;
  /** The schema of the request body. */
  readonly body?: JsonSchema;
  readonly answer: AnswerSpec;
  /** The errors of the operation itself, besides those that any may answer with. */
  readonly errors?: readonly ErrorName[];
  /** Answers of other statuses than those of success and of errors. */
  readonly otherAnswers?: Responses;
  /** Answers without the registry being asked, so that no error is possible. */
  readonly isStatic?: true;
}

/** 200 with a JSON object. */
export function jsonAnswer(
  description: string,
  schema: JsonSchema,
  headers?: readonly HeaderSpec[],
): AnswerSpec {
  return {
    description,
    content: { 'application/json': schema },
    ...(headers !== undefined && { headers }),
  };
}

/** 200 with a JSON object and its revision, or 304. */
export function revisedAnswer(description: string, schema: JsonSchema): AnswerSpec {
  return { ...jsonAnswer(description, schema, [revisionHeader]), isConditional: true };
}

/** 200 without a body. */
export const emptyAnswer: AnswerSpec = { description: 'Done.' };

/** The revision of a find (spec 01 §1.8). */
export const revisionHeader: HeaderSpec = {
  name: 'X-Resource-Revision',
  description: 'Changes whenever the answer does. Sent back as `rev`, it asks for changes only.',
  schema: { type: 'string' },
};

/** A query parameter with a rule; required when the rule refuses what is empty. */
export function query(name: string, rule: Rule, description: string): ParameterSpec {
  return {
    name,
    in: 'query',
    description,
    isRequired: findViolation('', rule) !== undefined,
    schema: annotate(textSchema(rule), {}),
  };
}

/** A query parameter that the registry takes as it is. */
export function freeQuery(
  name: string,
  description: string,
  schema: JsonSchema = { type: 'string' },
): ParameterSpec {
  return { name, in: 'query', description, isRequired: false, schema };
}

/** A query parameter that `1` or `true` switches on. */
export function switchQuery(name: string, description: string): ParameterSpec {
  return {
    ...freeQuery(name, `${description} \`1\` or \`true\`; anything else is no.`),
    schema: { type: 'string', enum: ['true', 'false', '1', '0', ''] },
  };
}

/** A query parameter of which only `1` means yes. */
export function oneQuery(name: string, description: string): ParameterSpec {
  return {
    ...freeQuery(name, `${description} Only \`1\` means yes.`),
    schema: { type: 'string', enum: ['1', '0', ''] },
  };
}

/** The same parameter, whatever its rule says of an empty value. */
export function optionalParameter(parameter: ParameterSpec): ParameterSpec {
  return { ...parameter, isRequired: false };
}

/** A request header with a rule. */
export function header(name: string, rule: Rule, description: string): ParameterSpec {
  return { ...query(name, rule, description), in: 'header' };
}

/** Parameters of every read that can be answered from memory (spec 01 §1.6). */
export const readParameters: readonly ParameterSpec[] = [
  switchQuery('noCache', 'Answer with what the store holds now, whatever `rev` says.'),
  switchQuery('cacheOnly', 'Answer from memory, whatever `rev` says.'),
];

/** The revision that the client holds (spec 01 §1.6). */
export const revParameter: ParameterSpec = freeQuery(
  'rev',
  'The revision that the client holds: answers 304 when it is still right.',
);
