import { describe, expect, it } from 'vitest';

import type { WireResponse } from '../exchange/exchange.ts';
import { invariantDifferences } from './invariants.ts';

const right: WireResponse = {
  status: 400,
  headers: { server: 'SERVICECENTER/1.0.0', 'content-type': 'application/json; charset=UTF-8' },
  text: '{"errorCode":"400012","errorMessage":"Micro-service does not exist","detail":"a b"}',
  bodyBytes: 80,
};

const wrong: readonly (readonly [string, Partial<WireResponse>, string])[] = [
  ['a server that does not say who it is', { headers: {} }, 'header server'],
  [
    'a failure of the server',
    { status: 500, text: '{"errorCode":"500003","errorMessage":""}' },
    'status',
  ],
  ['a body with 304', { status: 304 }, 'body'],
  ['blanks between members', { text: '{"errorCode": "400012","errorMessage":"m"}' }, 'body'],
  ['a number as code', { text: '{"errorCode":400012,"errorMessage":"m"}' }, '$.errorCode'],
  ['a code of another status', { text: '{"errorCode":"403001","errorMessage":"m"}' }, 'status'],
  ['no message', { text: '{"errorCode":"400012"}' }, '$.errorMessage'],
  [
    'an empty detail',
    { text: '{"errorCode":"400012","errorMessage":"m","detail":""}' },
    '$.detail',
  ],
  ['another member', { text: '{"errorCode":"400012","errorMessage":"m","stack":"s"}' }, 'body'],
  ['members in another order', { text: '{"errorMessage":"m","errorCode":"400012"}' }, 'body'],
  ['no JSON', { text: '{' }, 'body'],
  ['an empty answer as JSON', { status: 200, text: '' }, 'header content-type'],
  [
    'another spelling of the content type',
    { headers: { ...right.headers, 'content-type': 'application/json' } },
    'header content-type',
  ],
];

describe('what every answer must be', () => {
  it('has nothing against a right one', () => {
    expect(invariantDifferences(right, 'GET')).toEqual([]);
  });

  it.each(wrong)('notices %s', (_title, change, at) => {
    const places = invariantDifferences({ ...right, ...change }, 'GET').map(
      (difference) => difference.at,
    );
    expect(places).toContain(at);
  });

  it('takes blanks, escapes and numbers as names inside of texts', () => {
    const text = String.raw`{"properties":{"9":"a b","1":"\u2028 \" : \u003c"}}`;
    expect(invariantDifferences({ ...right, status: 200, text }, 'GET')).toEqual([]);
  });
});
