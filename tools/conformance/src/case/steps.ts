import type { Expectation, HttpStep, RequestBody, WatchFrameStep } from './case.ts';
import { statusOf, type ErrorCode } from './error-codes.ts';
import type { Json } from './json.ts';
import type { Pattern } from './pattern.ts';

/** What a step may have beside its request and its expectation. */
export type StepOptions = Pick<HttpStep, 'capture' | 'withinMs'> & {
  readonly headers?: Readonly<Record<string, string | null>>;
};

/** A request without a body. */
export function send(
  method: string,
  path: string,
  expect: Expectation,
  options: StepOptions = {},
): HttpStep {
  return step(method, path, undefined, expect, options);
}

/** GET. */
export function get(path: string, expect: Expectation, options: StepOptions = {}): HttpStep {
  return step('GET', path, undefined, expect, options);
}

/** POST with a JSON body. */
export function post(
  path: string,
  body: Json,
  expect: Expectation,
  options: StepOptions = {},
): HttpStep {
  return step('POST', path, { kind: 'json', value: body }, expect, options);
}

/** PUT, with a JSON body unless it is left out. */
export function put(
  path: string,
  body: Json | undefined,
  expect: Expectation,
  options: StepOptions = {},
): HttpStep {
  return step(
    'PUT',
    path,
    body === undefined ? undefined : { kind: 'json', value: body },
    expect,
    options,
  );
}

/** DELETE, with a JSON body when there is one. */
export function remove(
  path: string,
  expect: Expectation,
  body?: Json,
  options: StepOptions = {},
): HttpStep {
  return step(
    'DELETE',
    path,
    body === undefined ? undefined : { kind: 'json', value: body },
    expect,
    options,
  );
}

/** A request whose body is given as text, byte by byte. */
export function sendRaw(
  method: string,
  path: string,
  body: RequestBody,
  expect: Expectation,
  options: StepOptions = {},
): HttpStep {
  return step(method, path, body, expect, options);
}

function step(
  method: string,
  path: string,
  body: RequestBody | undefined,
  expect: Expectation,
  { headers, ...rest }: StepOptions,
): HttpStep {
  return {
    kind: 'http',
    request: {
      method,
      path,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    },
    expect,
    ...rest,
  };
}

/** 200 with this body. */
export function json(is: Pattern, headers: Expectation['headers'] = {}): Expectation {
  return { status: 200, headers, body: { kind: 'json', is } };
}

/** 200 without a body: how the registry says that it is done (spec 01 §1.8). */
export const done: Expectation = { status: 200, body: { kind: 'empty' } };

/** An answer with an error code (spec 01 §5.1). */
export function refused(code: ErrorCode, detail?: string | RegExp): Expectation {
  return {
    status: statusOf(code),
    body: { kind: 'error', code, ...(detail === undefined ? {} : { detail }) },
  };
}

/** 304 with this revision (spec 01 §1.8). */
export function notModified(revision: string): Expectation {
  return {
    status: 304,
    headers: { 'x-resource-revision': revision },
    body: { kind: 'empty' },
  };
}

/** The next frame of a watch, or message of an event stream, is this JSON. */
export function frame(
  name: string,
  is: Pattern,
  options: Pick<WatchFrameStep, 'capture'> = {},
): WatchFrameStep {
  return { kind: 'watch-frame', name, is: { kind: 'json', is }, ...options };
}

/** 404 outside the API's own envelope (spec 01 §1.4). */
export const unknownRoute: Expectation = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: { kind: 'text', is: '404 page not found\n' },
};
