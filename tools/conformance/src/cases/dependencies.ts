import type { ConformanceCase, Expectation, HttpStep } from '../case/case.ts';
import type { Json } from '../case/json.ts';
import { absent, anything, partial, setOf } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const consumer = { appId: 'app', serviceName: 'c', version: '1.0.0' };
const accepted: Expectation = { ...done, headers: { deprecation: 'version="v4"' } };
const duplicate = refused(
  400001,
  'Invalid request body for provider info.Duplicate provider or (serviceName and appId is same).',
);

function declare(
  method: 'POST' | 'PUT',
  providers: Json | undefined,
  expect: Expectation = accepted,
): HttpStep {
  const body = {
    dependencies: [{ consumer, ...(providers === undefined ? {} : { providers }) }],
  };
  return method === 'POST'
    ? post('R/dependencies', body, expect)
    : put('R/dependencies', body, expect);
}

function provider(serviceName: string, version?: string): { readonly [name: string]: string } {
  return { appId: 'app', serviceName, ...(version === undefined ? {} : { version }) };
}

/** The providers of the consumer, by the names under which their ids are kept. */
function providersAre(...names: readonly string[]): HttpStep {
  return listed('R/microservices/${c}/providers', 'providers', names);
}

/** The consumers of a provider. */
function consumersAre(of: string, ...names: readonly string[]): HttpStep {
  return listed(`R/microservices/\${${of}}/consumers`, 'consumers', names);
}

function listed(path: string, member: string, names: readonly string[]): HttpStep {
  const items = names.map((name) => partial({ serviceId: `\${${name}}` }));
  return get(path, json(items.length === 0 ? {} : { [member]: setOf(...items) }), {
    withinMs: dependencyMs,
  });
}

const finds = (name: string): HttpStep =>
  get(`R/instances?appId=app&serviceName=${name}`, json(anything), as('c'));

const byFind: ConformanceCase[] = [
  about(
    'providers',
    '04 §2.6',
    'a find makes every version of the name a provider',
    service('c'),
    service('p'),
    service('q', { serviceName: 'p', version: '1.0.1' }),
    finds('p'),
    providersAre('p', 'q'),
    consumersAre('p', 'c'),
    consumersAre('q', 'c'),
    service('r', { serviceName: 'p', version: '2.0.0' }),
    providersAre('p', 'q', 'r'),
  ),
  about(
    'providers',
    '04 §2.6',
    'a find that finds nobody records nothing, one after the registration does',
    service('c'),
    get('R/instances?appId=app&serviceName=p', refused(400012), as('c')),
    service('p'),
    providersAre(),
    finds('p'),
    providersAre('p'),
    send('DELETE', 'R/microservices/${p}?force=true', done),
    providersAre(),
    service('p'),
    finds('p'),
    providersAre('p'),
  ),
  about(
    'providers',
    '04 §2.6',
    'itself only without noSelf',
    service('c'),
    service('p'),
    finds('p'),
    finds('c'),
    providersAre('p', 'c'),
    get(
      'R/microservices/${c}/providers?noSelf=1',
      json({ providers: [partial({ serviceId: '${p}' })] }),
    ),
    get(
      'R/microservices/${c}/providers?noSelf=true',
      json({ providers: setOf(anything, anything) }),
    ),
    get(
      'R/microservices/${c}/providers?sameDomain=1',
      json({ providers: setOf(anything, anything) }),
    ),
    get('R/microservices/${c}/consumers', json({ consumers: [partial({ serviceId: '${c}' })] })),
    get('R/microservices/${c}/consumers?noSelf=1', json({})),
  ),
  about(
    'providers',
    '00 decision 16',
    'a find by an alias and a rule records the real name with every version',
    service('c'),
    service('p', { alias: 'al' }),
    service('q', { serviceName: 'p', version: '2.0.0' }),
    get('R/instances?appId=app&serviceName=al&version=1.0.0', json({}), as('c')),
    providersAre('p', 'q'),
  ),
  about(
    'providers',
    '04 §2.2',
    'a provider that is kept out of reach is none',
    service('c'),
    service('p', { appId: 'other' }),
    get('R/instances?appId=other&serviceName=p', json({}), as('c')),
    service('q'),
    finds('q'),
    providersAre('q'),
  ),
  about(
    'providers',
    '01 §4.8',
    'an unknown service',
    get('R/microservices/none/providers', refused(400012, /^Consumer does not exist\.?$/)),
    get('R/microservices/none/consumers', refused(400012, /^Provider does not exist\.?$/)),
  ),
  about(
    'consumers',
    '01 §4.8',
    'none, and one that was deleted',
    service('c'),
    service('p'),
    get('R/microservices/${p}/consumers', json({})),
    finds('p'),
    consumersAre('p', 'c'),
    send('DELETE', 'R/microservices/${c}', done),
    consumersAre('p'),
  ),
  about(
    'consumers',
    '01 §4.8',
    'an unknown service',
    get('R/microservices/none/consumers', refused(400012, /^Provider does not exist\.?$/)),
  ),
];

const declared: ConformanceCase[] = [
  about(
    'replace-dependencies',
    '04 §2.3',
    'the list is replaced, and an empty one clears it',
    service('c'),
    service('p'),
    service('q'),
    declare('PUT', [provider('p')]),
    providersAre('p'),
    consumersAre('p', 'c'),
    declare('PUT', [provider('q')]),
    providersAre('q'),
    consumersAre('p'),
    declare('PUT', []),
    providersAre(),
    declare('PUT', [provider('q')]),
    providersAre('q'),
    declare('PUT', null),
    providersAre(),
    declare('PUT', [provider('q')]),
    providersAre('q'),
    declare('PUT', undefined),
    providersAre(),
  ),
  about(
    'add-dependencies',
    '04 §2.3',
    'the list grows, by itself too',
    service('c'),
    service('p'),
    service('q'),
    declare('PUT', [provider('p')]),
    declare('POST', [provider('q'), provider('c')]),
    providersAre('p', 'q', 'c'),
    declare('POST', [provider('q')]),
    providersAre('p', 'q', 'c'),
  ),
  about(
    'replace-dependencies',
    '04 §2.3',
    "the app of a provider is the consumer's when it is left out",
    service('c'),
    service('p'),
    declare('PUT', [{ serviceName: 'p' }]),
    providersAre('p'),
  ),
  about(
    'replace-dependencies',
    '04 §2.6',
    'a provider need not be there, nor in the same environment',
    service('c'),
    service('p', { environment: 'production' }),
    declare('PUT', [provider('p'), provider('none')]),
    providersAre(),
  ),
  about(
    'replace-dependencies',
    '01 §4.8',
    'an alias in the place of the name is an unknown consumer',
    service('c', { serviceName: 'real', alias: 'c' }),
    declare('PUT', [provider('p')], refused(400012, 'Consumer /app/c/1.0.0 does not exist.')),
  ),
  ...(['POST', 'PUT'] as const).flatMap((method) => {
    const route = method === 'POST' ? 'add-dependencies' : 'replace-dependencies';
    return [
      about(
        route,
        '01 §4.8',
        'an unknown consumer',
        declare(method, [provider('p')], refused(400012, 'Consumer /app/c/1.0.0 does not exist.')),
      ),
      about(
        route,
        '00 decision 9',
        'one provider twice',
        service('c'),
        declare(method, [provider('p'), provider('p')], duplicate),
        declare(method, [provider('p', '1.0.0'), provider('p', '2.0.0')], duplicate),
        declare(method, [provider('p'), { serviceName: 'p' }], duplicate),
      ),
      about(
        route,
        '01 §4.8',
        'a provider without a name',
        service('c'),
        declare(method, [{ appId: 'app' }], refused(400001)),
      ),
      about(
        route,
        '04 §2.4',
        'a star as the consumer, or as the app',
        service('c'),
        declare(method, [{ appId: '*', serviceName: 'p' }], refused(400001)),
        declare(method, [provider('-')], refused(400001)),
      ),
    ];
  }),
  about(
    'replace-dependencies',
    '00 decision 9',
    'a rule of a provider is kept',
    service('c'),
    service('p'),
    service('q', { serviceName: 'p', version: '1.0.1' }),
    service('r', { serviceName: 'p', version: '2.0.0' }),
    declare('PUT', [provider('p', 'latest')]),
    providersAre('r'),
    consumersAre('p'),
    consumersAre('r', 'c'),
    declare('PUT', [provider('p', '1.0.0+')]),
    providersAre('p', 'q', 'r'),
    declare('PUT', [provider('p', '1.0.0-1.0.1')]),
    providersAre('p'),
    consumersAre('q'),
    declare('PUT', [provider('p', '1.0.1')]),
    providersAre('q'),
    declare('PUT', [provider('p', '9.9.9')]),
    providersAre(),
    declare('POST', [provider('p', '1.0.0-3.0.0')]),
    providersAre('p', 'q', 'r'),
  ),
  about(
    'replace-dependencies',
    '04 §2.4',
    'a star is every service of the environment',
    service('c'),
    service('p'),
    service('q', { appId: 'other' }),
    service('t', { environment: 'testing' }),
    declare('PUT', [{ serviceName: '*' }]),
    providersAre('c', 'p', 'q'),
    consumersAre('p', 'c'),
    consumersAre('q', 'c'),
    consumersAre('t'),
    service('later'),
    providersAre('c', 'p', 'q', 'later'),
    declare('PUT', [provider('p', '1.0.0'), { serviceName: '*' }]),
    providersAre('c', 'p', 'q', 'later'),
    declare('PUT', [provider('p', '1.0.0')]),
    providersAre('p'),
  ),
  about(
    'add-dependencies',
    '04 §2.4',
    'a star takes the place of what was there, and stays',
    service('c'),
    service('p'),
    declare('PUT', [provider('p')]),
    declare('POST', [{ serviceName: '*' }]),
    providersAre('c', 'p'),
    declare('POST', [provider('p')]),
    providersAre('c', 'p'),
    declare('PUT', []),
    providersAre(),
    consumersAre('p'),
  ),
  about(
    'replace-dependencies',
    '04 §2.1',
    'a dependency is by name: it outlives a registration of the provider',
    service('c'),
    service('p'),
    instance('i', 'p'),
    declare('PUT', [provider('p')]),
    providersAre('p'),
    get('R/microservices/${p}', json({ service: partial({ providers: absent }) })),
  ),
];

/** Who depends on whom (spec 04 §2). */
export const dependencyCases: readonly ConformanceCase[] = [...byFind, ...declared];
