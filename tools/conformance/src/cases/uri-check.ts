import type { ConformanceCase, Expectation } from '../case/case.ts';
import { anything, partial } from '../case/pattern.ts';
import { get, json, post } from '../case/steps.ts';

const version = '/v4/default/registry/version';
const found = json(partial({ version: anything }));

function refusedUri(uri: string): Expectation {
  return { status: 400, body: { kind: 'text', is: `Invalid Request URI ${uri}` } };
}

const wrongEnds = [';', '&', '?', '+', '@'];

/** Which request URIs are refused, and which lead elsewhere (spec 01 §1.1, §1.2). */
export const uriCheckCases: readonly ConformanceCase[] = [
  ...wrongEnds.flatMap((end) => [
    uriCase(`a query that ends in ${end}`, `${version}?x=1${end}`),
    uriCase(`a path that ends in ${end}`, `${version}${end}`),
  ]),
  uriCase('two slashes in the query', `${version}?x=rest://host`),
  uriCase('an unknown route', '/v4/default/registry/nope?x=1&'),
  uriCase(
    'a bare plus at the end of a find',
    '/v4/default/registry/instances?appId=a&serviceName=b&version=1.0.0+',
  ),
  uriCase('2048 characters', `${version}?x=${'a'.repeat(2048 - version.length - 3)}`),
  uriCase('3000 characters', `${version}?x=${'a'.repeat(3000 - version.length - 3)}`),
  ...[
    ['escaped slashes', `${version}?x=rest%3A%2F%2Fhost`],
    ['an escaped plus at the end', `${version}?x=1.0.0%2B`],
    ['the signs inside', `${version}?x=a;b&y=c+d@e?f&z=1`],
    ['2047 characters', `${version}?x=${'a'.repeat(2047 - version.length - 3)}`],
    ['a broken escape in the query', `${version}?x=%zz`],
  ].map(([title = '', path = '']): ConformanceCase => ({
    route: 'uri-check',
    title: `${title} is no reason to refuse`,
    spec: '01 §1.2',
    steps: [get(path, found)],
  })),
  {
    route: 'uri-check',
    title: 'nothing is done after the refusal',
    spec: '01 §12 row 1',
    steps: [
      post(
        '/v4/default/registry/microservices?x=1&',
        { service: { serviceName: 's' } },
        {
          status: 400,
          body: { kind: 'text', is: 'Invalid Request URI /v4/default/registry/microservices?x=1&' },
        },
      ),
      get('R/microservices', json({})),
    ],
  },
  ...[
    ['/v4/default//registry/version', version],
    ['/v4/./default/registry/version', version],
    ['/v4/x/../default/registry/version', version],
    ['/v4/default//registry/version?a=b', `${version}?a=b`],
    ['/v4/default/registry/version//', `${version}/`],
    ['/v4/default/registry/x%2F..%2Fversion', version],
  ].map(([path = '', location = '']): ConformanceCase => ({
    route: 'uri-check',
    title: `${path} leads to the clean path`,
    spec: '01 §1.1',
    steps: [get(path, { status: 301, headers: { location }, isBeforeRegistry: true })],
  })),
];

function uriCase(title: string, path: string): ConformanceCase {
  return {
    route: 'uri-check',
    title: `${title} is refused`,
    spec: '01 §1.2',
    steps: [get(path, refusedUri(path))],
  };
}
