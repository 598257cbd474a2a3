import type { ConformanceCase } from '../case/case.ts';
import type { JsonObject } from '../case/json.ts';
import {
  absent,
  anything,
  generatedId,
  like,
  not,
  partial,
  setOf,
  unixSeconds,
} from '../case/pattern.ts';
import { done, get, json, post, refused, send } from '../case/steps.ts';
import { about, service } from './setup.ts';

const conflict = refused(400010, 'ServiceID conflict or found the same service with different id.');

function anotherService(what: string, members: JsonObject): ConformanceCase {
  return about(
    'register-service',
    '04 §3.1',
    `another ${what} is another service`,
    service('s'),
    service('t', { serviceName: 's', ...members }),
    get('R/microservices/${t}', json({ service: partial({ serviceId: not('${s}') }) })),
    get('R/microservices', json({ services: setOf(anything, anything) })),
  );
}

/** Registering a service (spec 01 §4.3; 04 §3.1). */
export const serviceRegistrationCases: readonly ConformanceCase[] = [
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
  ...(
    [
      ['environment', { environment: 'testing' }],
      ['version', { version: '1.0.1' }],
      ['version as another text', { version: '1.0.0.0' }],
      ['app', { appId: 'other' }],
      ['letter case of the name', { serviceName: 'S' }],
    ] as const
  ).map(([what, members]) => anotherService(what, members)),
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
        refused(400100, 'no quota to create SERVICE, max num is 3, curNum is 3, apply num is 1'),
      ),
      post(
        'R/microservices',
        { service: { serviceName: 'a', appId: 'app', version: '1.0.0' } },
        refused(400100),
      ),
      send('DELETE', 'R/microservices/${c}', done),
      service('d'),
    ),
    profile: 'quota',
  },
];
