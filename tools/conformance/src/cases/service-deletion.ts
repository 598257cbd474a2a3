import type { ConformanceCase } from '../case/case.ts';
import { anything, partial, setOf } from '../case/pattern.ts';
import { done, get, json, post, put, refused, remove, send } from '../case/steps.ts';
import { about, dependencyMs, instance, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const deployed = refused(400013, 'Can not delete the service deployed instance(s).');
const inUse = refused(400023, 'Can not delete this service, other service rely it.');

/** Deleting services, one and many (spec 01 §4.3; 04 §3.4). */
export const serviceDeletionCases: readonly ConformanceCase[] = [
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
    get('R/microservices/${p}/consumers', json({ consumers: [partial({ serviceId: '${c}' })] }), {
      withinMs: dependencyMs,
    }),
    send('DELETE', 'R/microservices/${p}', inUse),
    send('DELETE', 'R/microservices/${p}?force=true', done),
  ),
  about(
    'delete-service',
    '04 §3.8',
    'a service that depends only on itself can go',
    service('s'),
    get('R/instances?appId=app&serviceName=s', json({}), { headers: { 'X-ConsumerId': '${s}' } }),
    get('R/microservices/${s}/consumers', json({ consumers: [partial({ serviceId: '${s}' })] }), {
      withinMs: dependencyMs,
    }),
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
