import type { ConformanceCase, Expectation } from '../case/case.ts';
import { anything, partial } from '../case/pattern.ts';
import { routeRows } from '../case/routes.ts';
import { done, get, json, post, put, refused, send, sendRaw } from '../case/steps.ts';
import { instance, service } from './setup.ts';

const version = '/v4/default/registry/version';
const found = json(partial({ version: anything }));

/** 404 outside the API's own envelope (spec 01 §1.4). */
export const unknownRoute: Expectation = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: { kind: 'text', is: '404 page not found\n' },
};

function refusedUri(uri: string): Expectation {
  return { status: 400, body: { kind: 'text', is: `Invalid Request URI ${uri}` } };
}

const wrongEnds = [';', '&', '?', '+', '@'];

const uriCheck: ConformanceCase[] = [
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
  ].map(
    ([title = '', path = '']): ConformanceCase => ({
      route: 'uri-check',
      title: `${title} is no reason to refuse`,
      spec: '01 §1.2',
      steps: [get(path, found)],
    }),
  ),
  {
    route: 'uri-check',
    title: 'nothing is done after the refusal',
    spec: '01 §12 row 1',
    steps: [
      post('/v4/default/registry/microservices?x=1&', { service: { serviceName: 's' } }, {
        status: 400,
        body: { kind: 'text', is: 'Invalid Request URI /v4/default/registry/microservices?x=1&' },
      }),
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
  ].map(
    ([path = '', location = '']): ConformanceCase => ({
      route: 'uri-check',
      title: `${path} leads to the clean path`,
      spec: '01 §1.1',
      steps: [get(path, { status: 301, headers: { location } })],
    }),
  ),
];

function uriCase(title: string, path: string): ConformanceCase {
  return {
    route: 'uri-check',
    title: `${title} is refused`,
    spec: '01 §1.2',
    steps: [get(path, refusedUri(path))],
  };
}

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

const cors: ConformanceCase[] = [
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
      get(
        'R/microservices',
        json({}, { vary: /Origin/, 'access-control-allow-origin': null }),
      ),
    ],
  },
];

function corsCase(title: string, step: ConformanceCase['steps'][number]): ConformanceCase {
  return { route: 'cors', title: `${title} may be read by any origin`, spec: '01 §1.3', steps: [step] };
}

function allowsAnyOrigin(expectation: Expectation): Expectation {
  return {
    ...expectation,
    headers: { ...expectation.headers, 'access-control-allow-origin': '*', vary: /Origin/ },
  };
}

const unknownPaths = [
  ...['/nope', '/v4', '/v4/', '/v4/default', '/v4/default/registry', '/v4/default/registry/'],
  ...['/v4/default/registry/nope', '/v4/default/registry/microservices/'],
  ...['/v4/default/registry/microservices/x/', '/v4/default/registry/microservices/x/nope'],
  ...['/v4/default/registry/microservices/x/tags/a/b', '/v4/default/registry/instances/'],
  ...['/v4/default/registry/microservices/x/schemas/', '/v4/default/registry/version/'],
  ...['/v4/default/registry/microservices/x/instances/y/nope', '/v5/default/registry/microservices'],
  ...['/V4/default/registry/microservices', '/v4/default/registry/Microservices', '/registry/v3'],
  ...['/registry/v3/version', '/registry/v2/microservices', '/v4/default/govern/nope'],
  ...['/v4/default/admin/nope', '/v4/default/registry/microservices/a%2Fb', '/version/'],
];

const allMethods = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** Each path of the index with the methods it has, and a request with a method it does not have. */
const wrongMethods: ConformanceCase[] = [
  ...Map.groupBy(
    routeRows(),
    ({ path }) => path.replaceAll(/:\w+/g, 'x').replace('/rules/x', '/rules/r'),
  ),
].flatMap(([path, rows]) => {
  const allowed = allMethods.filter((method) => rows.some((row) => row.method === method));
  const wrong = [...allMethods, 'PATCH', 'HEAD'].filter(
    (method) => !allowed.some((one) => one === method),
  );
  const permutation = `(?:${allowed.join('|')})`;
  const allow = new RegExp(`^${permutation}(?:, ${permutation}){${allowed.length - 1}}$`);
  return wrong.map(
    (method): ConformanceCase => ({
      route: 'routing',
      title: `${method} ${path} is a wrong method`,
      spec: '01 §1.4',
      steps: [
        send(method, path, {
          status: 405,
          headers: { allow, 'content-type': 'text/plain; charset=utf-8' },
          body: method === 'HEAD' ? { kind: 'empty' } : { kind: 'text', is: 'Method Not Allowed\n' },
        }),
      ],
    }),
  );
});

const routing: ConformanceCase[] = [
  ...unknownPaths.map(
    (path): ConformanceCase => ({
      route: 'routing',
      title: `${path} is unknown`,
      spec: '01 §1.4',
      steps: [get(path, unknownRoute)],
    }),
  ),
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map(
    (method): ConformanceCase => ({
      route: 'routing',
      title: `${method} of an unknown path is unknown, whatever its body`,
      spec: '01 §1.4',
      steps: [
        sendRaw(method, '/v4/default/registry/nope', { kind: 'raw', text: '{broken' }, unknownRoute),
      ],
    }),
  ),
  {
    route: 'routing',
    title: 'HEAD of an unknown path is 404 without a body',
    spec: '01 §1.4',
    steps: [send('HEAD', '/nope', { status: 404, body: { kind: 'empty' } })],
  },
  ...wrongMethods,
  {
    route: 'routing',
    title: 'a parameter of the path wins over one of the query',
    spec: '01 §1.4',
    steps: [
      service('s'),
      get('R/microservices/${s}?%3AserviceId=none', json(anything)),
      get('R/microservices?%3Aproject=p2', json({ services: [partial({ serviceId: '${s}' })] })),
    ],
  },
  {
    route: 'routing',
    title: 'of a repeated query key the first value counts',
    spec: '01 §1.4',
    steps: [
      service('s'),
      instance('i', 's'),
      send('DELETE', 'R/microservices/${s}?force=false&force=true', refused(400013)),
    ],
  },
  {
    route: 'routing',
    title: 'a broken escape in the path is a bad request',
    spec: '01 §1.4',
    steps: [
      sendRaw('GET', '/v4/default/registry/microservices/%zz', { kind: 'raw', text: '' }, { status: 400 }),
    ],
  },
];

const other = { headers: { 'X-Domain-Name': '${domain}-other' } };

const tenants: ConformanceCase[] = [
  {
    route: 'tenants',
    title: 'domains see nothing of each other',
    spec: '01 §1.5',
    steps: [
      service('s'),
      get('R/microservices', json({}), other),
      get('R/microservices/${s}', refused(400012), other),
      post('R/microservices/${s}/tags', { tags: { k: 'v' } }, refused(400012), other),
      send('DELETE', 'R/microservices/${s}?force=true', refused(400012), other),
      get('R/microservices/${s}', json(anything)),
    ],
  },
  {
    route: 'tenants',
    title: 'projects see nothing of each other',
    spec: '01 §1.5',
    steps: [
      service('s'),
      get('/v4/p2/registry/microservices', json({})),
      get('/v4/p2/registry/microservices/${s}', refused(400012)),
      post('/v4/p2/registry/microservices', { service: { serviceName: 's', appId: 'app', version: '1.0.0' } }, json({ serviceId: anything }), { capture: { s2: 'serviceId' } }),
      get('/v4/p2/registry/microservices', json({ services: [partial({ serviceId: '${s2}' })] })),
      get('R/microservices', json({ services: [partial({ serviceId: '${s}' })] })),
    ],
    forms: ['v4'],
  },
  {
    route: 'tenants',
    title: 'the third version takes the tenant header first, and its project is default',
    spec: '01 §1.5',
    steps: [
      post('/registry/v3/microservices', { service: { serviceName: 's' } }, json({ serviceId: anything }), {
        headers: { 'X-Tenant-Name': '${domain}-t', 'X-Domain-Name': '${domain}-u' },
        capture: { s: 'serviceId' },
      }),
      get('/v4/default/registry/microservices/${s}', json(anything), {
        headers: { 'X-Domain-Name': '${domain}-t' },
      }),
      get('/registry/v3/microservices', json({}), { headers: { 'X-Domain-Name': '${domain}-u' } }),
      get('/registry/v3/microservices/${s}', json(anything), {
        headers: { 'X-Domain-Name': '${domain}-t' },
      }),
      get('/registry/v3/microservices/${s}', json(anything), {
        headers: { 'X-Tenant-Name': '', 'X-Domain-Name': '${domain}-t' },
      }),
    ],
  },
  {
    route: 'tenants',
    title: 'the fourth version does not read the tenant header',
    spec: '01 §1.5',
    forms: ['v4'],
    steps: [
      service('s'),
      get('R/microservices/${s}', json(anything), { headers: { 'X-Tenant-Name': '${domain}-t' } }),
    ],
  },
  {
    route: 'tenants',
    title: 'without a header, or with an empty one, the domain is default',
    spec: '01 §1.5',
    forms: ['v4'],
    steps: [
      service('s'),
      get('R/microservices/${s}', refused(400012), { headers: { 'X-Domain-Name': null } }),
      get('R/microservices/${s}', refused(400012), { headers: { 'X-Domain-Name': '' } }),
    ],
  },
  ...tenantEdges(),
];

/** Both sides of the rule for the two parts of a tenant (spec 00, decision 15). */
function tenantEdges(): ConformanceCase[] {
  const words: readonly (readonly [string, boolean])[] = [
    ['d'.repeat(160), true],
    ['d'.repeat(161), false],
    ['a b', false],
    ['a/b', false],
    ['.', false],
    ['..', false],
    ['a.b:c@d', true],
  ];
  const verdict = (isRight: boolean): Expectation => (isRight ? json({}) : refused(400001));
  return words.flatMap(([word, isRight]): ConformanceCase[] => {
    const about = word.length > 20 ? `${word.length} characters` : JSON.stringify(word);
    const end = isRight ? 'accepted' : 'refused';
    const domain: ConformanceCase = {
      route: 'tenants',
      title: `a domain of ${about} is ${end}`,
      spec: '00 decision 15',
      steps: [get('R/microservices', verdict(isRight), { headers: { 'X-Domain-Name': word } })],
    };
    if (word === '.' || word === '..' || word.includes('/')) return [domain];
    return [
      domain,
      {
        route: 'tenants',
        title: `a project of ${about} is ${end}`,
        spec: '00 decision 15',
        steps: [get(`/v4/${encodeURIComponent(word)}/registry/microservices`, verdict(isRight))],
      },
    ];
  });
}

/** How every request is treated before its route sees it (spec 01 §1). */
export const pipelineCases: readonly ConformanceCase[] = [
  ...uriCheck,
  ...cors,
  ...routing,
  ...tenants,
  {
    route: 'responses',
    title: 'an answer without content is empty text',
    spec: '01 §1.8',
    steps: [service('s'), put('R/microservices/${s}/properties', { properties: {} }, done)],
  },
  {
    route: 'responses',
    title: 'the content type of a request is not checked',
    spec: '01 §1.7',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        { kind: 'raw', text: '{"service":{"serviceName":"s"}}' },
        json({ serviceId: anything }),
        { headers: { 'Content-Type': 'text/plain' } },
      ),
    ],
  },
];
