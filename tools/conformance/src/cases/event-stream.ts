import type { ConformanceCase, Step } from '../case/case.ts';
import { absent, anything, like, partial, type Pattern } from '../case/pattern.ts';
import { done, frame, get, json, put, refused, send } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const spec = '03 §7.4';
const position = like(/^[!-~]{1,100}$/);

function open(name: string, query: string, headers?: Readonly<Record<string, string>>): Step {
  const path = `R/events${query}`;
  return { kind: 'events-open', name, path, ...(headers !== undefined && { headers }) };
}

/** A stream that begins has the client forget everything, its position included. */
function reset(name: string, reason: string): Step {
  return frame(name, { event: 'reset', id: '', data: { reason } });
}

function listed(name: string, change: Readonly<Record<string, Pattern>>): Step {
  return frame(name, {
    event: 'change',
    data: partial({ action: 'INIT', position: absent, ...change }),
  });
}

function told(name: string, action: string, change: Readonly<Record<string, Pattern>>): Step {
  return frame(
    name,
    { event: 'change', id: position, data: partial({ action, position, ...change }) },
    { capture: { position: 'id' } },
  );
}

function synchronized(name: string): Step {
  return frame(
    name,
    { event: 'synchronized', id: position, data: { position } },
    { capture: { position: 'id' } },
  );
}

const followProvider: readonly Step[] = [
  instance('i', 'p'),
  told('e', 'CREATE', {
    key: partial({ tenant: '${domain}/default', appId: 'app', serviceName: 'p', version: '1.0.0' }),
    service: absent,
    instance: partial({ instanceId: '${i}', serviceId: '${p}', status: 'UP' }),
  }),
  put('R/microservices/${p}/instances/${i}/status?value=DOWN', undefined, done),
  told('e', 'UPDATE', { instance: partial({ instanceId: '${i}', status: 'DOWN' }) }),
  send('DELETE', 'R/microservices/${p}/instances/${i}', done),
  told('e', 'DELETE', { instance: partial({ instanceId: '${i}', status: 'DOWN' }) }),
];

const topics: readonly (readonly [string, string])[] = [
  ['the project', ''],
  ['the domain', '?scope=domain'],
  ['an application', '?appId=app'],
  ['a provider', '?appId=app&serviceName=p'],
  ['a provider in its environment', '?appId=app&serviceName=p&env='],
  ['one version of a service', '?serviceId=${p}'],
];

/** What a client of server-sent events sees. */
export const eventStreamCases: readonly ConformanceCase[] = [
  ...topics.map(([name, query]) =>
    about(
      'events',
      spec,
      `${name} is listed, then followed`,
      service('p'),
      open('e', query),
      reset('e', 'new'),
      listed('e', { service: partial({ serviceId: '${p}' }), instance: absent }),
      synchronized('e'),
      ...followProvider,
    ),
  ),
  about(
    'events',
    spec,
    'a consumer follows its providers and nothing else',
    service('c'),
    service('p'),
    service('other'),
    get('R/instances?appId=app&serviceName=p', json({}), as('c')),
    get('R/microservices/${c}/providers', json({ providers: [anything] }), {
      withinMs: dependencyMs,
    }),
    open('e', '?consumerId=${c}'),
    reset('e', 'new'),
    listed('e', { service: partial({ serviceId: '${p}' }) }),
    synchronized('e'),
    instance('j', 'other'),
    ...followProvider,
  ),
  about(
    'events',
    spec,
    'a service that is not there yet is followed from its registration on',
    open('e', '?appId=app&serviceName=p'),
    reset('e', 'new'),
    synchronized('e'),
    service('p'),
    told('e', 'CREATE', { service: partial({ serviceId: '${p}', serviceName: 'p' }) }),
    ...followProvider,
  ),
  about(
    'events',
    spec,
    'a stream goes on after the last position, without a snapshot',
    service('p'),
    open('e', ''),
    reset('e', 'new'),
    listed('e', { service: anything }),
    synchronized('e'),
    instance('i', 'p'),
    open('f', '', { 'Last-Event-ID': '${position}' }),
    told('f', 'CREATE', { instance: partial({ instanceId: '${i}' }) }),
    synchronized('f'),
    open('g', '?position=${position}'),
    synchronized('g'),
  ),
  about(
    'events',
    spec,
    'a position that the server does not know gets a snapshot',
    service('p'),
    open('e', '?position=AAAAAAAAAAAAAAAA.7'),
    reset('e', 'positionUnknown'),
    listed('e', { service: partial({ serviceId: '${p}' }) }),
    synchronized('e'),
  ),
  about(
    'events',
    spec,
    'instances are listed after their services',
    service('p'),
    instance('i', 'p'),
    open('e', ''),
    reset('e', 'new'),
    listed('e', { service: partial({ serviceId: '${p}' }) }),
    listed('e', { instance: partial({ instanceId: '${i}' }) }),
    synchronized('e'),
  ),
  about(
    'events',
    spec,
    'what does not go together is refused',
    get('R/events?consumerId=c&serviceId=s', refused(400001)),
    get('R/events?serviceName=s', refused(400001)),
    get('R/events?env=testing', refused(400001)),
    get('R/events?scope=all', refused(400001)),
    get('R/events?serviceId=${fill:65}', refused(400001)),
    get('R/events?position=%20', refused(400001)),
  ),
];
