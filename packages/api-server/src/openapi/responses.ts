import { errorTable, type ErrorName } from '@service-center/sdcommon';

import type { Content, Response, Responses, UnroutedAnswers } from './document-types.ts';
import { revisionHeader, type HeaderSpec, type OperationSpec } from './operation.ts';
import { answerObject, textOf } from './schemas/answer-schemas.ts';

/** What any operation may answer with: a bad tenant or body, a fault, or a store that is away. */
const commonErrors = [
  'invalidParameters',
  'internal',
  'unavailableBackend',
] as const satisfies readonly ErrorName[];

/** The responses of an operation by status. */
export function responsesOf(operation: OperationSpec): Responses {
  const { answer } = operation;
  const headers = headersOf(answer.headers ?? []);
  const errors = operation.isStatic === true ? [] : [...commonErrors, ...(operation.errors ?? [])];
  return {
    [String(answer.status ?? 200)]: {
      description: answer.description,
      ...headers,
      ...(answer.content !== undefined && {
        content: Object.fromEntries(
          Object.entries(answer.content).map(([type, schema]) => [type, { schema }]),
        ),
      }),
    },
    ...(answer.isConditional === true && {
      '304': {
        description: 'What the client holds is still right.',
        ...headersOf([revisionHeader]),
      },
    }),
    ...errorResponses(errors),
    ...(answer.status === 101 && noHandshake(errors)),
    ...operation.otherAnswers,
  };
}

/** A websocket route also says in plain text that a request was no handshake. */
function noHandshake(errors: readonly ErrorName[]): Responses {
  const { description, content } = errorResponse(errors.filter((name) => statusOf(name) === '400'));
  return {
    '400': {
      description: `No websocket handshake; or ${description}`,
      content: { ...content, ...plainText('^Bad Request\n$') },
    },
  };
}

/** The answers that no operation gives (spec 01 §1.1 to §1.4). */
export const unroutedAnswers: UnroutedAnswers = {
  beforeRouting: {
    '301': {
      description: 'The path has empty, `.` or `..` segments: it leads to the clean one.',
      ...headersOf([{ name: 'Location', description: 'The clean path.', schema: textOf() }]),
      content: { 'text/html': { schema: textOf() } },
    },
    '400': {
      description: 'A target that is refused, or cannot be understood.',
      content: plainText('^(400 Bad Request$|Invalid Request URI )'),
    },
    '431': { description: 'The request line and the headers are too long.' },
  },
  withoutRoute: {
    '404': {
      description: 'Nothing has this path.',
      content: plainText('^404 page not found\n$'),
    },
    '405': {
      description: 'Nothing has this method at this path.',
      ...headersOf([
        { name: 'Allow', description: 'The methods that the path has.', schema: textOf() },
      ]),
      content: plainText('^Method Not Allowed\n$'),
    },
  },
  preflight: { '200': { description: 'Every OPTIONS, whatever its path.' } },
};

function errorResponses(names: readonly ErrorName[]): Responses {
  const byStatus = Map.groupBy(names, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, errors]) => [status, errorResponse(errors)]),
  );
}

function errorResponse(names: readonly ErrorName[]): Response {
  const rows = names.map((name) => errorTable[name]);
  const schema = answerObject(['errorCode', 'errorMessage'], {
    errorCode: { type: 'string', enum: rows.map(({ code }) => code) },
    errorMessage: { type: 'string', enum: rows.map(({ message }) => message) },
    detail: textOf('What was wrong in this case.'),
  });
  const examples = Object.fromEntries(
    names.map((name) => [
      name,
      { value: { errorCode: errorTable[name].code, errorMessage: errorTable[name].message } },
    ]),
  );
  return {
    description: rows.map(({ code, message }) => `${code}: ${message}`).join('; '),
    content: { 'application/json': { schema, examples } },
  };
}

function statusOf(name: ErrorName): string {
  return errorTable[name].code.slice(0, 3);
}

function headersOf(headers: readonly HeaderSpec[]): Pick<Response, 'headers'> {
  if (headers.length === 0) return {};
  return {
    headers: Object.fromEntries(
      headers.map(({ name, description, schema }) => [
        name,
        { description, required: true, schema },
      ]),
    ),
  };
}

function plainText(pattern: string): Content {
  return { 'text/plain': { schema: { type: 'string', pattern } } };
}
