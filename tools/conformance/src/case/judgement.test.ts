import { describe, expect, it } from 'vitest';

import type { WireResponse } from '../exchange/exchange.ts';
import type { Expectation } from './case.ts';
import { judge } from './judgement.ts';
import { done, json, notModified, refused } from './steps.ts';

const server = { server: 'SERVICECENTER/1.0.0' };
const jsonHeaders = { ...server, 'content-type': 'application/json; charset=UTF-8' };

function answer(status: number, text: string, headers: Record<string, string> = {}): WireResponse {
  const type = text === '' ? { 'content-type': 'text/plain; charset=UTF-8' } : {};
  return { status, headers: { ...jsonHeaders, ...type, ...headers }, text, bodyBytes: text.length };
}

const unknown =
  '{"errorCode":"400012","errorMessage":"Micro-service does not exist","detail":"Service does not exist."}';

const cases: readonly (readonly [string, Expectation, WireResponse, WireResponse, string])[] = [
  ['a status', json({}), answer(200, '{}'), answer(404, '{}'), 'status'],
  ['a body', json({}), answer(200, '{}'), answer(200, '{"a":1}'), '$.a'],
  ['a body that should be empty', done, answer(200, ''), answer(200, '{}'), 'body'],
  ['no body', json({}), answer(200, '{}'), answer(200, ''), 'body'],
  [
    'a code',
    refused(400012),
    answer(400, unknown),
    answer(400, unknown.replace('12', '17')),
    '$.errorCode',
  ],
  [
    'the message of a code',
    refused(400012),
    answer(400, unknown),
    answer(400, unknown.replace('Micro-service', 'Service')),
    '$.errorMessage',
  ],
  [
    'a detail',
    refused(400012, 'Service does not exist.'),
    answer(400, unknown),
    answer(400, unknown.replace('exist."', 'exist"')),
    '$.detail',
  ],
  ['an error that is none', refused(400012), answer(400, unknown), answer(400, '[]'), 'body'],
  [
    'a header',
    json({}, { a: 'b' }),
    answer(200, '{}', { a: 'b' }),
    answer(200, '{}', { a: 'c' }),
    'header a',
  ],
  [
    'a header too many',
    json({}, { a: null }),
    answer(200, '{}'),
    answer(200, '{}', { a: 'b' }),
    'header a',
  ],
  [
    'a form of a header',
    json({}, { a: /^\d$/ }),
    answer(200, '{}', { a: '1' }),
    answer(200, '{}'),
    'header a',
  ],
  [
    'the revision of 304',
    notModified('r'),
    answer(304, '', { 'x-resource-revision': 'r' }),
    answer(304, '', { 'x-resource-revision': 's' }),
    'header x-resource-revision',
  ],
  [
    'a text',
    { status: 200, body: { kind: 'text', is: '{}' } },
    answer(200, '{}'),
    answer(200, '{"a":1}'),
    'body',
  ],
];

describe('judging an answer', () => {
  it.each(cases)('tells %s', (_title, expectation, right, wrong, at) => {
    const differencesIn = (response: WireResponse): string[] =>
      judge(expectation, response, (text) => text, 'GET').map((difference) => difference.at);
    expect(differencesIn(right)).toEqual([]);
    expect(differencesIn(wrong)).toContain(at);
  });
});
