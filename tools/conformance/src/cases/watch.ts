import type { ConformanceCase, Expectation } from '../case/case.ts';
import { absent, anything, partial } from '../case/pattern.ts';
import { done, frame, get, json, put, refused, send } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const badRequest: Expectation = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: { kind: 'text', is: 'Bad Request\n' },
};

const upgradeHeaders: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a plain GET', {}],
  ['an upgrade to something else', { Connection: 'Upgrade', Upgrade: 'h2c' }],
  ['an upgrade to nothing', { Connection: 'Upgrade' }],
  [
    'a websocket without a key',
    { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
  ],
];

function plainGets(
  route: 'watcher' | 'listwatcher' | 'heartbeat-socket',
  path: string,
): ConformanceCase[] {
  return upgradeHeaders.map(([title, headers]) =>
    inFourthVersion(
      route === 'heartbeat-socket',
      about(
        route,
        '01 §4.9',
        `${title} is a bad request`,
        service('s'),
        instance('i', 's'),
        get(path, badRequest, { headers }),
      ),
    ),
  );
}

/** The third version has no heartbeat by websocket (spec 01 §3). */
function inFourthVersion(isOnly: boolean, one: ConformanceCase): ConformanceCase {
  return isOnly ? { ...one, forms: ['v4'] } : one;
}

const key = partial({ appId: 'app', serviceName: 'p', version: '1.0.0', alias: absent });

function follow(route: 'watcher' | 'listwatcher'): ConformanceCase[] {
  const path = `R/microservices/\${c}/${route}`;
  return [
    about(
      route,
      '04 §5.9',
      'a consumer hears what happens to its provider, in order',
      service('c'),
      service('p'),
      get('R/instances?appId=app&serviceName=p', json({}), as('c')),
      get('R/microservices/${c}/providers', json({ providers: [anything] }), {
        withinMs: dependencyMs,
      }),
      { kind: 'watch-open', name: 'w', path },
      instance('i', 'p'),
      frame('w', {
        action: 'CREATE',
        key,
        instance: partial({ instanceId: '${i}', serviceId: '${p}', status: 'UP' }),
      }),
      put('R/microservices/${p}/instances/${i}/heartbeat', undefined, done),
      put('R/microservices/${p}/instances/${i}/status?value=DOWN', undefined, done),
      frame('w', {
        action: 'UPDATE',
        key,
        instance: partial({ instanceId: '${i}', status: 'DOWN' }),
      }),
      put('R/microservices/${p}/instances/${i}/properties', { properties: { a: 'b' } }, done),
      frame('w', {
        action: 'UPDATE',
        key,
        instance: partial({ instanceId: '${i}', properties: { a: 'b' } }),
      }),
      send('DELETE', 'R/microservices/${p}/instances/${i}', done),
      frame('w', {
        action: 'DELETE',
        key,
        instance: partial({ instanceId: '${i}', status: 'DOWN' }),
      }),
    ),
    about(
      route,
      '04 §5.1',
      'an unknown service is told so and the socket is closed',
      { kind: 'watch-open', name: 'w', path: `R/microservices/none/${route}` },
      {
        kind: 'watch-frame',
        name: 'w',
        is: { kind: 'text', is: 'service does not exist' },
      },
      { kind: 'watch-closed', name: 'w' },
    ),
    about(
      route,
      '04 §5.5',
      'a message of more than 64 bytes ends it',
      service('c'),
      { kind: 'watch-open', name: 'w', path },
      { kind: 'watch-send', name: 'w', text: 't'.repeat(64) },
      { kind: 'watch-send', name: 'w', text: 't'.repeat(65) },
      { kind: 'watch-closed', name: 'w' },
    ),
  ];
}

/** What a websocket client sees (spec 04 §5). */
export const watchCases: readonly ConformanceCase[] = [
  ...plainGets('watcher', 'R/microservices/${s}/watcher'),
  ...plainGets('listwatcher', 'R/microservices/${s}/listwatcher'),
  ...plainGets('heartbeat-socket', 'R/microservices/${s}/instances/${i}/heartbeat'),
  ...follow('watcher'),
  ...follow('listwatcher'),
  about(
    'listwatcher',
    '04 §5.5',
    'the instances that are there come first',
    service('c'),
    service('p'),
    instance('i', 'p'),
    get('R/instances?appId=app&serviceName=p', json(anything), as('c')),
    get('R/microservices/${c}/providers', json({ providers: [anything] }), {
      withinMs: dependencyMs,
    }),
    { kind: 'watch-open', name: 'w', path: 'R/microservices/${c}/listwatcher' },
    frame('w', {
      action: 'INIT',
      key: partial({ appId: 'app', serviceName: 'p', tenant: absent, alias: absent }),
      instance: partial({ instanceId: '${i}' }),
    }),
    instance('j', 'p'),
    frame('w', { action: 'CREATE', key, instance: partial({ instanceId: '${j}' }) }),
  ),
  about(
    'watcher',
    '04 §11 row 6',
    'a provider that is deleted by force takes leave of each consumer once',
    service('c'),
    service('p'),
    instance('i', 'p'),
    get('R/instances?appId=app&serviceName=p', json(anything), as('c')),
    get('R/microservices/${c}/providers', json({ providers: [anything] }), {
      withinMs: dependencyMs,
    }),
    { kind: 'watch-open', name: 'w', path: 'R/microservices/${c}/watcher' },
    send('DELETE', 'R/microservices/${p}?force=true', done),
    frame('w', { action: 'DELETE', key, instance: partial({ instanceId: '${i}' }) }),
    get('R/microservices/${p}', refused(400012)),
  ),
  {
    ...about(
      'heartbeat-socket',
      '04 §5.6',
      'an unknown instance is closed with 4001',
      service('s'),
      { kind: 'watch-open', name: 'h', path: 'R/microservices/${s}/instances/none/heartbeat' },
      { kind: 'watch-closed', name: 'h', code: 4001 },
    ),
    forms: ['v4'],
  },
];
