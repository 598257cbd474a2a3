import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, including, like, partial } from '../case/pattern.ts';
import { done, frame, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const versionObject = {
  version: like(/./),
  buildTag: like(/./),
  goVersion: like(/./),
  os: like(/./),
  arch: like(/./),
};

const inDefault = { headers: { 'X-Domain-Name': 'default' } };

const pushed = partial({
  action: 'CREATE',
  key: partial({ appId: 'app', serviceName: 'p', version: '1.0.0' }),
  serviceId: '${p}',
  instanceId: '${i}',
  receivedAt: anything,
  appliedAt: anything,
  deliveries: [
    partial({
      subscriber: like(/^websocket-\d+$/),
      channel: 'websocket',
      remote: like(/:\d+$/),
      consumerId: '${c}',
      queuedAt: anything,
      sentAt: anything,
      droppedAt: absent,
      state: 'sent',
    }),
  ],
});

/** The administration (spec 01 §4.11). */
export const adminCases: readonly ConformanceCase[] = [
  about(
    'dump',
    '01 §4.11',
    'only for the default tenant',
    get('A/dump', refused(403001, 'Required admin permission')),
    get('/v4/p2/admin/dump', refused(403001), inDefault),
  ),
  about(
    'dump',
    '01 §4.11',
    'what the server is, and never how it is configured',
    get('A/dump?options=info', json({ info: versionObject }), inDefault),
    get('A/dump?options=nope', json({}), inDefault),
    get('A/dump?options=config', json({}), inDefault),
    get('A/dump?options=INFO', json({}), inDefault),
  ),
  about(
    'dump',
    '01 §4.11',
    'the caches of every tenant',
    service('s', { alias: 'al' }),
    post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 'sum' }, done),
    instance('i', 's'),
    get(
      'A/dump',
      json({
        cache: partial({
          services: including({
            key: '/cse-sr/ms/files/${domain}/default/${s}',
            rev: anything,
            cluster: anything,
            value: partial({ serviceId: '${s}' }),
          }),
          serviceIndexes: including(partial({ value: '${s}' })),
          serviceAliases: including(partial({ value: '${s}' })),
          serviceTags: including(
            partial({ key: '/cse-sr/ms/tags/${domain}/default/${s}', value: { k: 'v' } }),
          ),
          summaries: including(
            partial({ key: '/cse-sr/ms/schema-sum/${domain}/default/${s}/a', value: 'sum' }),
          ),
          instances: including(
            partial({
              key: '/cse-sr/inst/files/${domain}/default/${s}/${i}',
              value: partial({ instanceId: '${i}' }),
            }),
          ),
        }),
      }),
      inDefault,
    ),
    get('A/dump?options=all', json({ info: versionObject, cache: anything }), inDefault),
  ),
  about(
    'clusters',
    '01 §4.11',
    'each with its endpoints',
    get('A/clusters', json({ clusters: anything })),
    get('A/clusters', json({ clusters: anything }), inDefault),
  ),
  about(
    'clear-alarms',
    '01 §4.11',
    'forgets all alarms',
    send('DELETE', 'A/alarms', done),
    send('DELETE', 'A/alarms', done, inDefault),
  ),
  about(
    'alarms',
    '01 §4.11',
    'a list, which is left out when it is empty',
    get('A/alarms', { status: 200 }),
    get('A/alarms?id=x', { status: 200 }, inDefault),
  ),
  about(
    'pushes',
    '04 §5',
    'what was pushed to whom, with its times',
    service('c'),
    service('p'),
    get('R/instances?appId=app&serviceName=p', json({}), as('c')),
    get('R/microservices/${c}/providers', json({ providers: [anything] }), {
      withinMs: dependencyMs,
    }),
    { kind: 'watch-open', name: 'w', path: 'R/microservices/${c}/watcher' },
    instance('i', 'p'),
    frame('w', partial({ action: 'CREATE' })),
    get('A/pushes?instanceId=${i}', json({ pushes: [pushed], truncated: false })),
    get('A/pushes?serviceId=${p}&limit=1', json({ pushes: [pushed], truncated: false })),
    get('A/pushes?serviceId=${c}', json({ pushes: [], truncated: false })),
    get('A/pushes?instanceId=${i}', json({ pushes: [], truncated: false }), inDefault),
  ),
  about(
    'pushes',
    '04 §5',
    'a question that says nothing is refused, with the field named',
    get('A/pushes?serviceId=a%20b', refused(400001, /ListPushesRequest\.ServiceId/)),
    get('A/pushes?instanceId=a*b', refused(400001, /ListPushesRequest\.InstanceId/)),
    get('A/pushes?subscriber=17', refused(400001, /ListPushesRequest\.Subscriber/)),
    get('A/pushes?limit=0', refused(400001, /ListPushesRequest\.Limit/)),
    get('A/pushes?limit=1001', refused(400001, /ListPushesRequest\.Limit/)),
    get('A/pushes?limit=1000&subscriber=sse-1', { status: 200 }),
  ),
];
