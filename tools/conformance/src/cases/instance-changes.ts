import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, partial, setOf } from '../case/pattern.ts';
import { done, get, json, notModified, put, refused, send } from '../case/steps.ts';
import { about, instance, service } from './setup.ts';

const register = 'R/microservices/${s}/instances';
const one = 'R/microservices/${s}/instances/${i}';
const unregistered = refused(400017, "Instance's leaseId not exist.");
const noInstance = refused(400017, 'Service instance does not exist.');
/** Unregistering, properties, status and heartbeats (spec 01 §4.7; 04 §4.2 to §4.4). */
export const instanceChangeCases: readonly ConformanceCase[] = [
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
    get('R/microservices/${s}/instances/${j}', json({ instance: partial({ properties: absent }) })),
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
  ...[
    { status: 'STARTING' },
    { matches: {}, status: 'STARTING' },
    { matches: { properties: {} }, status: 'STARTING' },
  ].map((body) =>
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
