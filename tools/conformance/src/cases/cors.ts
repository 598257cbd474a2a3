import type { ConformanceCase, Expectation } from '../case/case.ts';
import { get, json, refused, send, unknownRoute } from '../case/steps.ts';

const origin = { Origin: 'http://console.example' };
const preflightVary = /Origin.*Access-Control-Request-Method.*Access-Control-Request-Headers/;

function preflight(
  title: string,
  headers: Readonly<Record<string, string>>,
  allowed: Readonly<Record<string, string>> | undefined,
  path = 'R/microservices',
): ConformanceCase {
  const expected = allowed ?? {
    'access-control-allow-methods': null,
    'access-control-allow-headers': null,
    'access-control-allow-origin': null,
  };
  return {
    route: 'cors',
    title,
    spec: '01 §1.3',
    steps: [
      send(
        'OPTIONS',
        path,
        { status: 200, headers: { vary: preflightVary, ...expected }, body: { kind: 'empty' } },
        { headers },
      ),
    ],
  };
}

/** Requests from pages of other origins (spec 01 §1.3). */
export const corsCases: readonly ConformanceCase[] = [
  ...['GET', 'POST', 'PUT', 'DELETE', 'UPDATE', 'OPTIONS'].map((method) =>
    preflight(
      `preflight of ${method}`,
      { ...origin, 'Access-Control-Request-Method': method },
      { 'access-control-allow-methods': method, 'access-control-allow-origin': '*' },
    ),
  ),
  preflight(
    'preflight in small letters',
    { ...origin, 'Access-Control-Request-Method': 'put' },
    { 'access-control-allow-methods': 'PUT', 'access-control-allow-origin': '*' },
  ),
  preflight(
    'preflight with allowed headers',
    {
      ...origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type, x-domain-name',
    },
    {
      'access-control-allow-methods': 'POST',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'Content-Type, X-Domain-Name',
    },
  ),
  preflight(
    'preflight of PATCH is not allowed',
    { ...origin, 'Access-Control-Request-Method': 'PATCH' },
    undefined,
  ),
  preflight(
    'preflight with a header that is not allowed',
    {
      ...origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'X-Unheard-Of',
    },
    undefined,
  ),
  preflight('preflight without an origin', { 'Access-Control-Request-Method': 'GET' }, undefined),
  preflight(
    'preflight of an unknown route ends before routing',
    { ...origin, 'Access-Control-Request-Method': 'GET' },
    { 'access-control-allow-methods': 'GET', 'access-control-allow-origin': '*' },
    '/nope',
  ),
  {
    route: 'cors',
    title: 'OPTIONS without a preflight is an empty 200',
    spec: '01 §1.3',
    steps: [send('OPTIONS', 'R/microservices', { status: 200, body: { kind: 'empty' } })],
  },
  corsCase('a good answer', get('R/microservices', allowsAnyOrigin(json({})), { headers: origin })),
  corsCase(
    'an error',
    get('R/microservices/none', allowsAnyOrigin(refused(400012)), { headers: origin }),
  ),
  corsCase('an unknown route', get('/nope', allowsAnyOrigin(unknownRoute), { headers: origin })),
  {
    route: 'cors',
    title: 'without an origin only Vary is set',
    spec: '01 §1.3',
    steps: [
      get('R/microservices', json({}, { vary: /Origin/, 'access-control-allow-origin': null })),
    ],
  },
];

function corsCase(title: string, step: ConformanceCase['steps'][number]): ConformanceCase {
  return {
    route: 'cors',
    title: `${title} may be read by any origin`,
    spec: '01 §1.3',
    steps: [step],
  };
}

function allowsAnyOrigin(expectation: Expectation): Expectation {
  return {
    ...expectation,
    headers: { ...expectation.headers, 'access-control-allow-origin': '*', vary: /Origin/ },
  };
}
