import type { ConformanceCase } from '../case/case.ts';
import {
  anything,
  generatedId,
  partial,
  revisionForm,
  setOf,
  unixSeconds,
} from '../case/pattern.ts';
import { done, get, json, notModified, post, put, refused, send } from '../case/steps.ts';
import { about, instance, service } from './setup.ts';

const register = 'R/microservices/${s}/instances';
const one = 'R/microservices/${s}/instances/${i}';
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

/** Registering an instance (spec 01 §4.7; 04 §4.1). */
export const instanceRegistrationCases: readonly ConformanceCase[] = [
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
