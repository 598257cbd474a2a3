import type { ConformanceCase } from '../case/case.ts';
import {
  absent,
  anything,
  generatedId,
  including,
  like,
  not,
  partial,
  setOf,
  unixSeconds,
} from '../case/pattern.ts';
import { done, get, json, post, put, refused, remove, send } from '../case/steps.ts';
import { about, dependencyMs, instance, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const conflict = refused(
  400010,
  'ServiceID conflict or found the same service with different id.',
);
const nobody = 'R/microservices/none';

const registration: ConformanceCase[] = [
  about(
    'register-service',
    '01 §7',
    'the least a service can be is filled in',
    post('R/microservices', { service: { serviceName: 's' } }, json({ serviceId: generatedId }), {
      capture: { s: 'serviceId' },
    }),
    get(
      'R/microservices/${s}',
      json({
        service: {
          serviceId: '${s}',
          appId: 'default',
          serviceName: 's',
          version: '0.0.1',
          level: 'BACK',
          status: 'UP',
          timestamp: unixSeconds,
          modTimestamp: unixSeconds,
        },
      }),
    ),
  ),
  about(
    'register-service',
    '01 §2.3',
    'everything a service can have comes back in its order',
    post(
      'R/microservices',
      {
        service: {
          framework: { version: '1', name: 'f' },
          registerBy: 'SDK',
          environment: 'testing',
          modTimestamp: '1',
          LBStrategy: { name: 'Random' },
          alias: 'app:al',
          providers: [{ appId: 'a', serviceName: 'p', version: '1' }],
          timestamp: '1',
          properties: { z: '1', b: '2' },
          status: 'DOWN',
          paths: [{ path: '/x', property: { k: 'v' } }],
          schemas: ['second', 'first'],
          level: 'FRONT',
          description: 'd',
          version: '1.0.0',
          serviceName: 's',
          appId: 'app',
          serviceId: 'own-id',
        },
      },
      json({ serviceId: 'own-id' }),
    ),
    get('R/microservices/own-id', {
      status: 200,
      body: {
        kind: 'text',
        is: /^\{"service":\{"serviceId":"own-id","appId":"app","serviceName":"s","version":"1\.0\.0","description":"d","level":"FRONT","schemas":\["second","first"\],"paths":\[\{"path":"\/x","property":\{"k":"v"\}\}\],"status":"DOWN","properties":\{"b":"2","z":"1"\},"timestamp":"1\d{9}","providers":\[\{"appId":"a","serviceName":"p","version":"1"\}\],"alias":"app:al","LBStrategy":\{"name":"Random"\},"modTimestamp":"1\d{9}","environment":"testing","registerBy":"SDK","framework":\{"name":"f","version":"1"\}\}\}$/,
      },
    }),
  ),
  about(
    'register-service',
    '04 §3.1',
    'a repeat gets the same id and changes nothing',
    service('s', { description: 'first', properties: { a: '1' }, alias: 'one' }),
    post(
      'R/microservices',
      {
        service: {
          serviceName: 's',
          appId: 'app',
          version: '1.0.0',
          description: 'second',
          alias: 'two',
          schemas: ['x'],
        },
      },
      json({ serviceId: '${s}' }),
    ),
    get(
      'R/microservices/${s}',
      json({
        service: partial({
          description: 'first',
          properties: { a: '1' },
          alias: 'one',
          schemas: absent,
        }),
      }),
    ),
    get('R/existence?type=microservice&appId=app&serviceName=two&version=1.0.0', refused(400012)),
  ),
  ...[
    ['environment', { environment: 'testing' }],
    ['version', { version: '1.0.1' }],
    ['version as another text', { version: '1.0.0.0' }],
    ['app', { appId: 'other' }],
    ['letter case of the name', { serviceName: 'S' }],
  ].map(([what, members]) =>
    about(
      'register-service',
      '04 §3.1',
      `another ${String(what)} is another service`,
      service('s'),
      service('t', { serviceName: 's', ...(typeof members === 'object' ? members : {}) }),
      get('R/microservices/${t}', json({ service: partial({ serviceId: not('${s}') }) })),
      get('R/microservices', json({ services: setOf(anything, anything) })),
    ),
  ),
  about(
    'register-service',
    '04 §3.1',
    'an alias that another name holds at the same version leads to that service',
    service('s', { alias: 'al' }),
    post(
      'R/microservices',
      { service: { serviceName: 't', appId: 'app', version: '1.0.0', alias: 'al' } },
      json({ serviceId: '${s}' }),
    ),
    post(
      'R/microservices',
      {
        service: { serviceId: 'x', serviceName: 't', appId: 'app', version: '1.0.0', alias: 'al' },
      },
      conflict,
    ),
  ),
  about(
    'register-service',
    '01 §4.3',
    'an id of its own is kept, may be repeated and may not be changed',
    service('s', { serviceId: 'own' }),
    post(
      'R/microservices',
      { service: { serviceId: 'own', serviceName: 's', appId: 'app', version: '1.0.0' } },
      json({ serviceId: 'own' }),
    ),
    post(
      'R/microservices',
      { service: { serviceName: 's', appId: 'app', version: '1.0.0' } },
      json({ serviceId: 'own' }),
    ),
    post(
      'R/microservices',
      { service: { serviceId: 'new', serviceName: 's', appId: 'app', version: '1.0.0' } },
      conflict,
    ),
    post('R/microservices', { service: { serviceId: 'own', serviceName: 'free' } }, conflict),
    get('R/microservices', json({ services: [partial({ serviceId: 'own' })] })),
  ),
  about(
    'register-service',
    '01 §4.3',
    'tags, rules and instances come with it',
    post(
      'R/microservices',
      {
        service: { serviceName: 's', appId: 'app', version: '1.0.0' },
        tags: { k: 'v' },
        rules: [{ ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a', description: 'd' }],
        instances: [{ hostName: 'h1' }, { hostName: 'h2', endpoints: ['rest://a'] }],
      },
      json({ serviceId: anything }),
      { capture: { s: 'serviceId' } },
    ),
    get('R/microservices/${s}/tags', json({ tags: { k: 'v' } })),
    get(
      'R/microservices/${s}/instances',
      json({
        instances: setOf(
          partial({ hostName: 'h1', serviceId: '${s}' }),
          partial({ hostName: 'h2', version: '1.0.0' }),
        ),
      }),
    ),
    get(
      'R/microservices/${s}/rules',
      json({ rules: [partial({ ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a' })] }),
    ),
  ),
  about(
    'register-service',
    '01 §12 row 3',
    'rules alone come with it',
    post(
      'R/microservices',
      {
        service: { serviceName: 's' },
        rules: [{ ruleType: 'BLACK', attribute: 'Version', pattern: '1' }],
      },
      json({ serviceId: anything }),
      { capture: { s: 'serviceId' } },
    ),
    get('R/microservices/${s}/rules', json({ rules: [partial({ ruleType: 'BLACK' })] })),
  ),
  about(
    'register-service',
    '01 §4.3',
    'tags of a repeat replace those that are there',
    service('s'),
    post('R/microservices/${s}/tags', { tags: { a: 'b' } }, done),
    post(
      'R/microservices',
      { service: { serviceName: 's', appId: 'app', version: '1.0.0' }, tags: { k: 'v' } },
      json({ serviceId: '${s}' }),
    ),
    get('R/microservices/${s}/tags', json({ tags: { k: 'v' } })),
  ),
  about(
    'register-service',
    '04 §3.8',
    'a wrong instance is an error, and the service stays',
    post(
      'R/microservices',
      {
        service: { serviceName: 's', appId: 'app', version: '1.0.0' },
        tags: { k: 'v' },
        instances: [{ hostName: '' }],
      },
      refused(400001, /^errMessages: \[.+\]$/s),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0',
      json({ serviceId: anything }),
      { capture: { s: 'serviceId' } },
    ),
    get('R/microservices/${s}/tags', json({ tags: { k: 'v' } })),
    get('R/microservices/${s}/instances', json({})),
  ),
  about(
    'register-service',
    '04 §3.8',
    'a wrong tag is an error, and the service stays',
    post(
      'R/microservices',
      { service: { serviceName: 's', appId: 'app', version: '1.0.0' }, tags: { 1: 'v' } },
      refused(400001, /^errMessages: \[.+\]$/s),
    ),
    get('R/microservices', json({ services: [partial({ serviceName: 's' })] })),
  ),
  about(
    'register-service',
    '04 §3.8',
    'all fields as long as they may be',
    post(
      'R/microservices',
      {
        service: {
          serviceId: 'i'.repeat(64),
          appId: 'a'.repeat(160),
          serviceName: 's'.repeat(128),
          version: '32767.32767.32767.32767',
          description: 'd'.repeat(256),
          alias: 'l'.repeat(128),
          framework: { name: 'f'.repeat(64), version: 'v'.repeat(64) },
          schemas: Array.from({ length: 100 }, (_, index) => `s${index}`.padEnd(160, 'x')),
        },
      },
      json({ serviceId: 'i'.repeat(64) }),
    ),
  ),
  about(
    'register-service',
    '01 §7',
    'an id made from the key is the same after the service was deleted',
    service('s'),
    send('DELETE', 'R/microservices/${s}', done),
    post(
      'R/microservices',
      { service: { serviceName: 's', appId: 'app', version: '1.0.0' } },
      json({ serviceId: like(/^[0-9a-f]{32}([0-9a-f]{8})?$/) }),
    ),
  ),
  {
    ...about(
      'register-service',
      '04 §6',
      'a service too many',
      service('a'),
      service('b'),
      service('c'),
      post(
        'R/microservices',
        { service: { serviceName: 'd' } },
        refused(
          400100,
          'no quota to create SERVICE, max num is 3, curNum is 3, apply num is 1',
        ),
      ),
      post('R/microservices', { service: { serviceName: 'a', appId: 'app', version: '1.0.0' } }, refused(400100)),
      send('DELETE', 'R/microservices/${c}', done),
      service('d'),
    ),
    profile: 'quota',
  },
];

const existence: ConformanceCase[] = [
  about(
    'existence',
    '01 §4.2',
    'a service by its name, its alias, its environment',
    service('s', { alias: 'al:s' }),
    service('t', { serviceName: 's', environment: 'testing', version: '2.0.0' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0',
      json({ serviceId: '${s}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=al%3As&version=1.0.0',
      json({ serviceId: '${s}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=2.0.0&env=testing',
      json({ serviceId: '${t}' }),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'an unknown name, app or environment',
    service('s'),
    get(
      'R/existence?type=microservice&appId=app&serviceName=nope&version=1.0.0',
      refused(400012, '/app/nope/1.0.0 does not exist.'),
    ),
    get(
      'R/existence?type=microservice&appId=nope&serviceName=s&version=1.0.0',
      refused(400012, '/nope/s/1.0.0 does not exist.'),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0&env=production',
      refused(400012, 'production/app/s/1.0.0 does not exist.'),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'a version that the name does not have',
    service('s', { alias: 'al' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=9.9.9',
      refused(400026, '/app/s/9.9.9 version mismatch.'),
    ),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=1.0', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=al&version=9.9.9', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=2.0%2B', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=2-3', refused(400026)),
  ),
  about(
    'existence',
    '00 decision 2',
    'a version rule finds the newest that it takes',
    service('v1'),
    service('v2', { serviceName: 'v1', version: '1.9.0' }),
    service('v3', { serviceName: 'v1', version: '1.10.0' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=latest',
      json({ serviceId: '${v3}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=1.0.0%2B',
      json({ serviceId: '${v3}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=1.0.0-1.10.0',
      json({ serviceId: '${v2}' }),
    ),
  ),
  ...['', '&type=', '&type=Microservice', '&type=other'].map((type) =>
    about(
      'existence',
      '01 §4.2',
      `the type ${JSON.stringify(type)} is none`,
      get(
        `R/existence?appId=app&serviceName=s&version=1.0.0${type}`,
        refused(400001, 'Only micro-service and schema can be used as type.'),
      ),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'a schema with and without a summary',
    service('s'),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 'sum' }, done),
    put('R/microservices/${s}/schemas/b', { schema: 'x' }, done),
    get(
      'R/existence?type=schema&serviceId=${s}&schemaId=a',
      json({ serviceId: '${s}', schemaId: 'a' }, { 'x-schema-summary': 'sum' }),
    ),
    get(
      'R/existence?type=schema&serviceId=${s}&schemaId=b',
      json({ serviceId: '${s}', schemaId: 'b' }, { 'x-schema-summary': '' }),
    ),
    get('R/existence?type=schema&serviceId=${s}&schemaId=c', refused(400016)),
    get(
      'R/existence?type=schema&serviceId=none&schemaId=a',
      refused(400012, /^service does not exist\.?$/i),
    ),
  ),
];

const reading: ConformanceCase[] = [
  about('list-services', '01 §4.3', 'an unknown domain has none', get('R/microservices', json({}))),
  about(
    'list-services',
    '01 §4.3',
    'every service of the tenant, every environment',
    service('s'),
    service('t', { environment: 'production' }),
    get(
      'R/microservices',
      json({ services: setOf(partial({ serviceId: '${s}' }), partial({ serviceId: '${t}' })) }),
    ),
  ),
  about(
    'list-services',
    '04 §1.4',
    "the registry's own service is listed only when it is asked for",
    get(
      'R/microservices?withShared=true',
      json(
        partial({
          services: including(partial({ serviceName: 'SERVICECENTER', appId: 'default' })),
        }),
      ),
      { headers: { 'X-Domain-Name': 'default' } },
    ),
  ),
  about('get-service', '01 §4.3', 'an unknown id', get(nobody, unknownService)),
  about(
    'service-properties',
    '01 §4.3',
    'the whole map is replaced',
    service('s', { properties: { a: '1', b: '2' } }),
    put('R/microservices/${s}/properties', { properties: { c: '3' } }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: { c: '3' } }) })),
    put('R/microservices/${s}/properties', { properties: {} }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
    put('R/microservices/${s}/properties', { properties: { d: '4' } }, done),
    put('R/microservices/${s}/properties', { properties: null }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
    put('R/microservices/${s}/properties', { PROPERTIES: { e: '5' } }, done),
    put('R/microservices/${s}/properties', {}, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
  ),
  about(
    'service-properties',
    '01 §4.3',
    'a framework in the body changes nothing',
    service('s', { framework: { name: 'f', version: '1' } }),
    put(
      'R/microservices/${s}/properties',
      { properties: { a: 'b' }, framework: { name: 'g', version: '2' } },
      done,
    ),
    get(
      'R/microservices/${s}',
      json({ service: partial({ framework: { name: 'f', version: '1' } }) }),
    ),
  ),
  about(
    'service-properties',
    '01 §12 row 4',
    'an id in the body does not lead elsewhere',
    service('s'),
    service('t'),
    put('R/microservices/${s}/properties', { serviceId: '${t}', properties: { a: 'b' } }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: { a: 'b' } }) })),
    get('R/microservices/${t}', json({ service: partial({ properties: absent }) })),
  ),
  about(
    'service-properties',
    '01 §4.3',
    'an unknown service',
    put(`${nobody}/properties`, { properties: { a: 'b' } }, unknownService),
    put(`${nobody}/properties`, { wrongtype: {} }, unknownService),
  ),
];

const deployed = refused(400013, 'Can not delete the service deployed instance(s).');
const inUse = refused(400023, 'Can not delete this service, other service rely it.');

const deletion: ConformanceCase[] = [
  about(
    'delete-service',
    '01 §4.3',
    'takes everything of the service with it',
    service('s', { alias: 'al' }),
    post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 's' }, done),
    instance('i', 's'),
    send('DELETE', 'R/microservices/${s}?force=true', done),
    get('R/microservices/${s}', unknownService),
    get('R/microservices', json({})),
    get('R/microservices/${s}/tags', unknownService),
    get('R/microservices/${s}/schemas', unknownService),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0', refused(400012)),
    get('R/existence?type=microservice&appId=app&serviceName=al&version=1.0.0', refused(400012)),
    get('R/microservices/${s}/instances/${i}', refused(400012)),
    put('R/microservices/${s}/instances/${i}/heartbeat', undefined, refused(400017)),
    send('DELETE', 'R/microservices/${s}?force=true', unknownService),
  ),
  ...['', '?force=false', '?force=0', '?force='].map((query) =>
    about(
      'delete-service',
      '01 §4.3',
      `with ${query === '' ? 'no force' : query.slice(1)} instances are in the way`,
      service('s'),
      instance('i', 's'),
      send('DELETE', `R/microservices/\${s}${query}`, deployed),
      get('R/microservices/${s}', json(anything)),
      send('DELETE', 'R/microservices/${s}/instances/${i}', done),
      send('DELETE', `R/microservices/\${s}${query}`, done),
    ),
  ),
  ...['true', '1'].map((force) =>
    about(
      'delete-service',
      '01 §4.3',
      `force=${force} goes through instances`,
      service('s'),
      instance('i', 's'),
      send('DELETE', `R/microservices/\${s}?force=${force}`, done),
    ),
  ),
  ...['TRUE', 'True', 'yes', '2', '%20', 'no', 't', 'on'].map((force) =>
    about(
      'delete-service',
      '01 §4.3',
      `force=${force} is no answer to the question`,
      service('s'),
      send(
        'DELETE',
        `R/microservices/\${s}?force=${force}`,
        refused(400001, 'parameter force must be false or true'),
      ),
      get('R/microservices/${s}', json(anything)),
    ),
  ),
  about(
    'delete-service',
    '04 §3.4',
    'a consumer is in the way, before the instances are',
    service('p'),
    instance('i', 'p'),
    service('c'),
    get('R/instances?appId=app&serviceName=p', json(anything), {
      headers: { 'X-ConsumerId': '${c}' },
    }),
    get(
      'R/microservices/${p}/consumers',
      json({ consumers: [partial({ serviceId: '${c}' })] }),
      { withinMs: dependencyMs },
    ),
    send('DELETE', 'R/microservices/${p}', inUse),
    send('DELETE', 'R/microservices/${p}?force=true', done),
  ),
  about(
    'delete-service',
    '04 §3.8',
    'a service that depends only on itself can go',
    service('s'),
    get('R/instances?appId=app&serviceName=s', json({}), { headers: { 'X-ConsumerId': '${s}' } }),
    get(
      'R/microservices/${s}/consumers',
      json({ consumers: [partial({ serviceId: '${s}' })] }),
      { withinMs: dependencyMs },
    ),
    send('DELETE', 'R/microservices/${s}', done),
  ),
  about(
    'delete-service',
    '04 §3.4',
    "the registry's own service cannot be deleted, even by force",
    get('R/health', json(partial({ instances: anything })), {
      capture: { own: 'instances.0.serviceId' },
    }),
    ...['', '?force=true'].map((query) =>
      send(
        'DELETE',
        `R/microservices/\${own}${query}`,
        refused(400001, 'not allow to delete service center'),
        { headers: { 'X-Domain-Name': 'default' } },
      ),
    ),
  ),
  about(
    'delete-services',
    '01 §4.3',
    'says of each how it went',
    service('a'),
    service('b'),
    service('c'),
    instance('i', 'c'),
    remove(
      'R/microservices',
      json({
        services: setOf(
          { serviceId: '${a}' },
          { serviceId: '${b}' },
          {
            serviceId: '${c}',
            errMessage:
              'Micro-service has deployed instance(s)(Can not delete the service deployed instance(s).)',
          },
          {
            serviceId: 'none',
            errMessage: 'Micro-service does not exist(Service does not exist.)',
          },
        ),
      }),
      { serviceIds: ['${a}', '${b}', '${c}', 'none', '${a}'], force: false },
    ),
    get('R/microservices', json({ services: [partial({ serviceId: '${c}' })] })),
    remove('R/microservices', json({ services: [{ serviceId: '${c}' }] }), {
      serviceIds: ['${c}', '${c}'],
      force: true,
    }),
    get('R/microservices', json({})),
  ),
  about(
    'delete-services',
    '01 §4.3',
    'one wrong id refuses all, and force counts only in the body',
    service('a'),
    instance('i', 'a'),
    remove('R/microservices', refused(400001), { serviceIds: ['${a}', 'a b'], force: true }),
    remove('R/microservices', refused(400001), { serviceIds: ['${a}'], force: 'true' }),
    remove('R/microservices', refused(400001), { serviceIds: ['${a}'], force: 1 }),
    remove(
      'R/microservices?force=true',
      json({ services: [partial({ serviceId: '${a}', errMessage: anything })] }),
      { serviceIds: ['${a}'] },
    ),
    get('R/microservices/${a}', json(anything)),
  ),
];

/** Services: register, find out, change, delete (spec 01 §4.2, §4.3; 04 §3). */
export const serviceCases: readonly ConformanceCase[] = [
  ...registration,
  ...existence,
  ...reading,
  ...deletion,
];
