import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, generatedId, partial, revisionForm, setOf, unixSeconds } from '../case/pattern.ts';
import { done, get, json, notModified, post, put, refused, send } from '../case/steps.ts';
import { about, as, instance, service } from './setup.ts';

const register = 'R/microservices/${s}/instances';
const one = 'R/microservices/${s}/instances/${i}';
const unregistered = refused(400017, "Instance's leaseId not exist.");
const noInstance = refused(400017, 'Service instance does not exist.');
const withRevision = { 'x-resource-revision': revisionForm };

function storedHealthCheck(
  title: string,
  sent: { readonly [name: string]: string | number } | undefined,
  stored: { readonly [name: string]: string | number },
): ConformanceCase {
  return about(
    'register-instance',
    '01 §7',
    `health check: ${title}`,
    service('s'),
    post(
      register,
      { instance: { hostName: 'h', ...(sent === undefined ? {} : { healthCheck: sent }) } },
      json({ instanceId: anything }),
      { capture: { i: 'instanceId' } },
    ),
    get(one, json({ instance: partial({ healthCheck: stored }) })),
  );
}

const registration: ConformanceCase[] = [
  about(
    'register-instance',
    '01 §7',
    'the least an instance can be is filled in',
    service('s', { version: '1.2.3' }),
    post(register, { instance: { hostName: 'h' } }, json({ instanceId: generatedId }), {
      capture: { i: 'instanceId' },
    }),
    get(
      one,
      json({
        instance: {
          instanceId: '${i}',
          serviceId: '${s}',
          hostName: 'h',
          status: 'UP',
          healthCheck: { mode: 'push', interval: 30, times: 3 },
          timestamp: unixSeconds,
          modTimestamp: unixSeconds,
          version: '1.2.3',
        },
      }),
    ),
  ),
  about(
    'register-instance',
    '01 §2.3',
    'everything an instance can have comes back in its order',
    service('s'),
    post(
      register,
      {
        instance: {
          version: '9',
          modTimestamp: '1',
          dataCenterInfo: { availableZone: 'z', region: 'r', name: 'n' },
          timestamp: '1',
          healthCheck: { url: '/h', times: 4, interval: 20, port: 8080, mode: 'push' },
          properties: { z: '1', b: '2' },
          status: 'TESTING',
          hostName: 'h',
          endpoints: ['rest://b', 'rest://a'],
          serviceId: 'other',
          instanceId: 'own',
          environment: 'production',
        },
      },
      json({ instanceId: 'own' }),
    ),
    get('R/microservices/${s}/instances/own', {
      status: 200,
      headers: withRevision,
      body: {
        kind: 'text',
        is: /^\{"instance":\{"instanceId":"own","serviceId":"[0-9a-f]+","endpoints":\["rest:\/\/b","rest:\/\/a"\],"hostName":"h","status":"TESTING","properties":\{"b":"2","z":"1"\},"healthCheck":\{"mode":"push","port":8080,"interval":20,"times":4,"url":"\/h"\},"timestamp":"1\d{9}","dataCenterInfo":\{"name":"n","region":"r","availableZone":"z"\},"modTimestamp":"1\d{9}","version":"1\.0\.0"\}\}$/,
      },
    }),
  ),
  about(
    'register-instance',
    '01 §4.7',
    'each registration without an id is another instance, whatever its endpoints',
    service('s'),
    instance('i', 's'),
    instance('j', 's'),
    get(
      register,
      json({ instances: setOf(partial({ instanceId: '${i}' }), partial({ instanceId: '${j}' })) }),
    ),
  ),
  about(
    'register-instance',
    '00 decisions 3 and 22',
    'a repeat with its id stores a changed body, and keeps the status',
    service('s'),
    instance('i', 's', { instanceId: 'own', properties: { a: '1' } }),
    put('R/microservices/${s}/instances/own/status?value=DOWN', undefined, done),
    instance('i', 's', {
      instanceId: 'own',
      hostName: 'other',
      endpoints: ['rest://new'],
      properties: { b: '2' },
    }),
    get(
      register,
      json({
        instances: [
          partial({
            instanceId: 'own',
            hostName: 'other',
            endpoints: ['rest://new'],
            properties: { b: '2' },
            status: 'DOWN',
          }),
        ],
      }),
    ),
  ),
  about(
    'register-instance',
    '00 decision 3',
    'a repeat of the same body changes no revision',
    service('s'),
    instance('i', 's', { instanceId: 'own' }),
    get(register, json(anything, withRevision), {
      capture: { rev: 'header:x-resource-revision' },
    }),
    instance('i', 's', { instanceId: 'own' }),
    get(`${register}?rev=\${rev}`, notModified('${rev}')),
  ),
  storedHealthCheck('none', undefined, { mode: 'push', interval: 30, times: 3 }),
  storedHealthCheck(
    'push below the least',
    { mode: 'push', interval: 1, times: 0 },
    { mode: 'push', interval: 5, times: 3 },
  ),
  storedHealthCheck(
    'push at the least',
    { mode: 'push', interval: 5, times: 3 },
    { mode: 'push', interval: 5, times: 3 },
  ),
  storedHealthCheck(
    'push above the least',
    { mode: 'push', interval: 6, times: 4, port: 1, url: 'u' },
    { mode: 'push', port: 1, interval: 6, times: 4, url: 'u' },
  ),
  storedHealthCheck(
    'pull has numbers of its own',
    { mode: 'pull', interval: 7, times: 9 },
    { mode: 'pull', interval: 30, times: 3 },
  ),
  ...[
    ['2147483647 × 4', 2_147_483_647, 3, false],
    ['536870912 × 4', 536_870_912, 3, false],
    ['536870911 × 4', 536_870_911, 3, true],
    ['30 × 2147483648', 30, 2_147_483_647, false],
  ].map(([what, interval, times, isRight]) =>
    about(
      'register-instance',
      '01 §4.7',
      `a lease of ${String(what)} seconds is ${isRight === true ? 'accepted' : 'refused'}`,
      service('s'),
      post(
        register,
        {
          instance: {
            hostName: 'h',
            healthCheck: { mode: 'push', interval: Number(interval), times: Number(times) },
          },
        },
        isRight === true
          ? json({ instanceId: anything })
          : refused(400001, "Invalid 'healthCheck' settings in request body."),
      ),
    ),
  ),
  about(
    'register-instance',
    '01 §4.7',
    'an unknown service, and a wrong instance before that',
    post(
      'R/microservices/none/instances',
      { instance: { hostName: 'h' } },
      refused(400012, "Invalid 'serviceID' in request body."),
    ),
    post('R/microservices/none/instances', { instance: {} }, refused(400001)),
    post('R/microservices/none/instances', { instancse: { hostName: 'h' } }, refused(400001)),
  ),
  {
    ...about(
      'register-instance',
      '04 §6',
      'an instance too many',
      service('s'),
      instance('a', 's'),
      instance('b', 's'),
      instance('i', 's'),
      post(
        register,
        { instance: { hostName: 'h' } },
        refused(400100, 'no quota to create INSTANCE, max num is 3, curNum is 3, apply num is 1'),
      ),
      send('DELETE', one, done),
      instance('d', 's'),
    ),
    profile: 'quota',
  },
];

const reading: ConformanceCase[] = [
  about(
    'list-instances',
    '01 §4.7',
    'none is an empty object with a revision',
    service('s'),
    get(register, json({}, withRevision), { capture: { rev: 'header:x-resource-revision' } }),
    get(`${register}?rev=\${rev}`, notModified('${rev}')),
  ),
  about(
    'list-instances',
    '01 §4.7',
    'an unknown consumer, an unknown provider',
    service('s'),
    get(register, refused(400012, 'Consumer[nobody] does not exist.'), {
      headers: { 'X-ConsumerId': 'nobody' },
    }),
    get('R/microservices/none/instances', refused(400012, 'Provider[none] does not exist.')),
  ),
  about(
    'list-instances',
    '01 §4.7',
    'a provider that lacks a tag is filtered out',
    service('s'),
    instance('i', 's'),
    get(`${register}?tags=zone`, refused(400012)),
    post('R/microservices/${s}/tags', { tags: { zone: 'a', rack: 'b' } }, done),
    get(`${register}?tags=zone`, json({ instances: [anything] })),
    get(`${register}?tags=rack,zone`, json({ instances: [anything] })),
    get(`${register}?tags=zone,other`, refused(400012)),
    get(`${register}?tags=`, json({ instances: [anything] })),
  ),
  about(
    'get-instance',
    '01 §4.7',
    'by its exact id',
    service('s'),
    instance('i', 's', { instanceId: 'long-id' }),
    get('R/microservices/${s}/instances/long-id', json(anything, withRevision)),
    get('R/microservices/${s}/instances/long', refused(400017)),
    get('R/microservices/${s}/instances/XX', refused(400017)),
    get('R/microservices/XX/instances/long-id', refused(400012)),
  ),
  about(
    'get-instance',
    '01 §4.7',
    'not modified, filtered by a tag, unknown consumer',
    service('s'),
    instance('i', 's'),
    get(one, json(anything, withRevision), { capture: { rev: 'header:x-resource-revision' } }),
    get(`${one}?rev=\${rev}`, notModified('${rev}')),
    get(`${one}?rev=x`, json(anything, { 'x-resource-revision': '${rev}' })),
    get(`${one}?tags=zone`, refused(400017)),
    get(one, refused(400012), { headers: { 'X-ConsumerId': 'nobody' } }),
    get(one, json(anything), as('s')),
  ),
];

const changes: ConformanceCase[] = [
  about(
    'unregister',
    '01 §4.7',
    'once',
    service('s'),
    instance('i', 's'),
    send('DELETE', one, done),
    get(register, json({})),
    get(one, refused(400017)),
    put(`${one}/heartbeat`, undefined, refused(400017)),
    send('DELETE', one, unregistered),
  ),
  about(
    'unregister',
    '01 §4.7',
    'an unknown service, and an instance of another one',
    service('s'),
    service('t'),
    instance('i', 't'),
    send('DELETE', 'R/microservices/none/instances/${i}', unregistered),
    send('DELETE', one, unregistered),
    get('R/microservices/${t}/instances/${i}', json(anything)),
  ),
  about(
    'instance-properties',
    '01 §4.7',
    'the whole map is replaced',
    service('s'),
    instance('i', 's', { properties: { a: '1' } }),
    put(`${one}/properties`, { properties: { b: '2' } }, done),
    get(one, json({ instance: partial({ properties: { b: '2' } }) })),
    put(`${one}/properties`, { properties: null }, done),
    get(one, json({ instance: partial({ properties: absent }) })),
    put(`${one}/properties`, { properties: { c: '3' } }, done),
    put(`${one}/properties`, {}, done),
    get(one, json({ instance: partial({ properties: absent }) })),
  ),
  about(
    'instance-properties',
    '01 §12 row 4',
    'ids in the body do not lead elsewhere',
    service('s'),
    instance('i', 's'),
    instance('j', 's'),
    put(`${one}/properties`, { serviceId: 'x', instanceId: '${j}', properties: { a: 'b' } }, done),
    get(one, json({ instance: partial({ properties: { a: 'b' } }) })),
    get(
      'R/microservices/${s}/instances/${j}',
      json({ instance: partial({ properties: absent }) }),
    ),
  ),
  about(
    'instance-properties',
    '01 §4.7',
    'an unknown instance',
    service('s'),
    put(`${register}/none/properties`, { properties: {} }, noInstance),
  ),
  about(
    'instance-status',
    '01 §4.7',
    'every status, seen at once, and the lease goes on',
    service('s'),
    instance('i', 's'),
    ...['DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE', 'UP'].flatMap((status) => [
      put(`${one}/status?value=${status}`, undefined, done),
      get(one, json({ instance: partial({ status }) })),
    ]),
    put(`${one}/heartbeat`, undefined, done),
    put(`${one}/status?value=INVALID`, undefined, refused(400001)),
    get(one, json({ instance: partial({ status: 'UP' }) })),
  ),
  about(
    'instance-status',
    '01 §4.7',
    'an unknown instance',
    service('s'),
    put(`${register}/none/status?value=UP`, undefined, noInstance),
  ),
  about(
    'heartbeat',
    '01 §4.7',
    'changes nothing that can be read',
    service('s'),
    instance('i', 's'),
    get(register, json(anything), { capture: { rev: 'header:x-resource-revision' } }),
    put(`${one}/heartbeat`, undefined, done),
    put(`${one}/heartbeat`, undefined, done),
    get(`${register}?rev=\${rev}`, notModified('${rev}')),
  ),
  about(
    'heartbeat',
    '01 §4.7',
    'an unknown instance, and an unknown service alike',
    service('s'),
    instance('i', 's'),
    put(
      `${register}/none/heartbeat`,
      undefined,
      refused(400017, 'leaseId not exist, instance not exist'),
    ),
    put(
      'R/microservices/none/instances/${i}/heartbeat',
      undefined,
      refused(400017, 'leaseId not exist, instance not exist'),
    ),
  ),
  about(
    'heartbeat-set',
    '01 §4.7',
    'one entry for each distinct pair, and what is wrong with it',
    service('s'),
    instance('i', 's'),
    put(
      'R/heartbeats',
      {
        instances: [
          { serviceId: '${s}', instanceId: '${i}' },
          { serviceId: '${s}', instanceId: 'x' },
          { serviceId: '${s}', instanceId: '${i}' },
        ],
      },
      json({
        instances: setOf(
          { serviceId: '${s}', instanceId: '${i}' },
          {
            serviceId: '${s}',
            instanceId: 'x',
            errMessage: 'Instance does not exist(leaseId not exist, instance not exist)',
          },
        ),
      }),
    ),
  ),
  about(
    'heartbeat-set',
    '01 §4.7',
    'entries are not validated one by one',
    put(
      'R/heartbeats',
      { instances: [{}] },
      json({
        instances: [
          { errMessage: 'Instance does not exist(leaseId not exist, instance not exist)' },
        ],
      }),
    ),
    put(
      'R/heartbeats',
      { instances: [{ serviceId: 'a b', instanceId: '@' }] },
      json({ instances: [partial({ serviceId: 'a b', instanceId: '@', errMessage: anything })] }),
    ),
  ),
  about(
    'heartbeat-set',
    '01 §4.7',
    'an empty set',
    put('R/heartbeats', { instances: [] }, refused(400001, 'Request format invalid.')),
    put('R/heartbeats', {}, refused(400001, 'Request format invalid.')),
    put('R/heartbeats', { instances: null }, refused(400001, 'Request format invalid.')),
  ),
  about(
    'bulk-status',
    '01 §4.7',
    'every instance with all the given properties',
    service('s'),
    instance('i', 's', { properties: { a: '1', b: '2' } }),
    instance('j', 's', { properties: { a: '1' } }),
    put(
      'R/instances/status',
      { matches: { properties: { a: '1', b: '2' } }, status: 'DOWN' },
      done,
    ),
    get(
      register,
      json({
        instances: setOf(
          partial({ instanceId: '${i}', status: 'DOWN' }),
          partial({ instanceId: '${j}', status: 'UP' }),
        ),
      }),
    ),
    put('R/instances/status', { matches: { properties: { none: 'x' } }, status: 'TESTING' }, done),
    put(`${one}/heartbeat`, undefined, done),
  ),
  ...[{ status: 'STARTING' }, { matches: {}, status: 'STARTING' }, { matches: { properties: {} }, status: 'STARTING' }].map(
    (body) =>
      about(
        'bulk-status',
        '01 §4.7',
        `${JSON.stringify(body)} means all of the tenant, and only them`,
        service('s'),
        instance('i', 's'),
        put('R/instances/status', body, done, {
          headers: { 'X-Domain-Name': '${domain}-other' },
        }),
        get(one, json({ instance: partial({ status: 'UP' }) })),
        put('R/instances/status', body, done),
        get(one, json({ instance: partial({ status: 'STARTING' }) })),
      ),
  ),
  about(
    'bulk-status',
    '01 §12 row 9',
    'a status that is none',
    put('R/instances/status', { status: 'INVALID' }, refused(400001)),
    put('R/instances/status', {}, refused(400001)),
  ),
];

/** Instances: register, read, change, keep alive (spec 01 §4.7; 04 §4). */
export const instanceCases: readonly ConformanceCase[] = [
  ...registration,
  ...reading,
  ...changes,
];
