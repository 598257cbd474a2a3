import type { ConformanceCase } from '../case/case.ts';
import { anything, including, like, partial } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, instance, service } from './setup.ts';

const versionObject = {
  version: like(/./),
  buildTag: like(/./),
  goVersion: like(/./),
  os: like(/./),
  arch: like(/./),
};

const inDefault = { headers: { 'X-Domain-Name': 'default' } };

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
];
