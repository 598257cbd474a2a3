import type { ConformanceCase } from '../case/case.ts';
import { pathIn } from '../case/paths.ts';
import { anything, partial } from '../case/pattern.ts';
import { type Form, routeRows } from '../case/routes.ts';
import { get, json, refused, send, sendRaw, unknownRoute } from '../case/steps.ts';
import { instance, service } from './setup.ts';

const unknownPaths = [
  '/nope',
  '/v4',
  '/v4/',
  '/v4/default',
  '/v4/default/registry',
  '/v4/default/registry/',
  '/v4/default/registry/nope',
  '/v4/default/registry/microservices/',
  '/v4/default/registry/microservices/x/',
  '/v4/default/registry/microservices/x/nope',
  '/v4/default/registry/microservices/x/tags/a/b',
  '/v4/default/registry/instances/',
  '/v4/default/registry/microservices/x/schemas/',
  '/v4/default/registry/version/',
  '/v4/default/registry/microservices/x/instances/y/nope',
  '/v5/default/registry/microservices',
  '/V4/default/registry/microservices',
  '/v4/default/registry/Microservices',
  '/registry/v3',
  '/registry/v3/version',
  '/registry/v2/microservices',
  '/v4/default/govern/nope',
  '/v4/default/admin/nope',
  '/v4/default/registry/microservices/a%2Fb',
  '/version/',
];

const allMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'];

/** Each path of a form with the methods it has, and a request with every method it does not have. */
const wrongMethods: ConformanceCase[] = (['v4', 'v3'] as const).flatMap((form) => {
  const rows = routeRows().filter(
    ({ path, forms }) => forms?.includes(form) !== false && pathIn(form, path) !== undefined,
  );
  const byPath = Map.groupBy(rows, ({ path }) => path.replaceAll(/:\w+/g, 'x'));
  return [...byPath].flatMap(([path, methods]) =>
    wrongMethodCases(
      form,
      path,
      methods.map(({ method }) => method),
    ),
  );
});

function wrongMethodCases(form: Form, path: string, allowed: readonly string[]): ConformanceCase[] {
  const one = `(?:${allowed.join('|')})`;
  const allow = new RegExp(`^${one}(?:, ${one}){${allowed.length - 1}}$`);
  return allMethods
    .filter((method) => !allowed.includes(method))
    .map((method) => ({
      route: 'routing',
      title: `${method} ${path} is a wrong method of ${form}`,
      spec: '01 §1.4',
      forms: [form],
      steps: [
        send(method, path, {
          status: 405,
          headers: { allow, 'content-type': 'text/plain; charset=utf-8' },
          body:
            method === 'HEAD' ? { kind: 'empty' } : { kind: 'text', is: 'Method Not Allowed\n' },
        }),
      ],
    }));
}

/** Unknown paths, wrong methods and parameters (spec 01 §1.4). */
export const routingCases: readonly ConformanceCase[] = [
  ...unknownPaths.map((path): ConformanceCase => ({
    route: 'routing',
    title: `${path} is unknown`,
    spec: '01 §1.4',
    steps: [get(path, unknownRoute)],
  })),
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method): ConformanceCase => ({
    route: 'routing',
    title: `${method} of an unknown path is unknown, whatever its body`,
    spec: '01 §1.4',
    steps: [
      sendRaw(method, '/v4/default/registry/nope', { kind: 'raw', text: '{broken' }, unknownRoute),
    ],
  })),
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
      sendRaw(
        'GET',
        '/v4/default/registry/microservices/%zz',
        { kind: 'raw', text: '' },
        { status: 400, isBeforeRegistry: true },
      ),
    ],
  },
];
